"""What simulated agents have to say: topics, with the words by which each is recognised."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to talk about.

    Args:
        nouns: words that stand without an article, and by which the topic is recognised.
        images: phrases that follow "think of".
        sentences: whole thoughts of 10 to 25 words.
    """

    nouns: tuple[str, ...]
    images: tuple[str, ...]
    sentences: tuple[str, ...]


TOPICS = (
    Topic(
        ("emergence", "patterns", "flocks", "ants", "order", "wholes", "parts", "swarms"),
        ("ants laying a trail", "starlings at dusk", "a whirlpool that outlives its water"),
        (
            "No single starling knows the shape of the flock, and still the shape is there.",
            "An anthill keeps a plan that none of its ants could draw.",
            "A traffic jam drifts backwards while every car in it moves forward.",
            "Simple rules, repeated long enough, begin to look like intention.",
            "A whole is surprising only to those who have counted the parts and stopped there.",
            "Snow crystals agree on six sides and on nothing else.",
            "What we call order may be the trace of many small decisions that never met.",
            "A market, a hive and a forest floor all compute without anybody at the desk.",
        ),
    ),
    Topic(
        ("language", "words", "grammar", "metaphors", "names", "translation", "silence", "verbs"),
        ("a word with no equal in any other tongue", "two dialects meeting at a well"),
        (
            "A word is a path that many feet have made; nobody planned where it would run.",
            "Translators know that the hardest words are the small ones, such as home and still.",
            "Grammar is the part of a language that its speakers know without having been told.",
            "Children invent forms that no adult has said, and in doing so show us the rule.",
            "Every metaphor was once a risk that somebody took in the middle of a sentence.",
            "When two people share few words, they begin to share gestures and patience.",
            "Some languages ask of each verb how the speaker came to know it.",
            "To name a thing is to lend it a handle; the thing itself stays where it was.",
        ),
    ),
    Topic(
        ("memory", "forgetting", "recollection", "traces", "photographs", "souvenirs", "childhood"),
        ("a drawer of unlabelled photographs", "the smell of rain on a school yard"),
        (
            "Each time a memory is taken out it is put back a little differently.",
            "Forgetting is not the opposite of memory; it is the gardener who prunes it.",
            "A smell can open a door that no amount of thinking would unlock.",
            "We remember the beginning and the end of a journey, and invent most of the middle.",
            "A library that kept everything would be as hard to read as one that kept nothing.",
            "Old songs come back whole, while the name of a neighbour stays out of reach.",
            "Perhaps the past is less a record than a story that we edit in good faith.",
            "What two people remember together seldom matches, and the seam is the best part.",
        ),
    ),
    Topic(
        ("mathematics", "numbers", "proofs", "symmetry", "infinity", "theorems", "primes", "knots"),
        ("a proof that fits on a postcard", "primes thinning out along the number line"),
        (
            "A good proof does not only convince; it shows why it could not be otherwise.",
            "The primes are laid out by an exact rule and still look like scattered seed.",
            "There are as many even numbers as numbers, which is a joke that infinity tells.",
            "Symmetry is what stays when you are allowed to move almost everything.",
            "A knot is easy to tie and hard to tell from another knot.",
            "Nobody has ever seen a perfect circle, and everyone knows how the others fall short.",
            "Euler crossed seven bridges on paper and came back with a new branch of science.",
            "Some theorems wait for centuries, like letters addressed to a reader not yet born.",
        ),
    ),
    Topic(
        ("gardens", "roots", "soil", "seeds", "blossoms", "weeds", "compost", "moss"),
        ("moss crossing a stone wall", "a seed that waits for fire", "bees choosing a hedge"),
        (
            "A garden is an argument with the weather that both sides enjoy.",
            "Roots go looking for water in the dark and are right often enough to live.",
            "Weeds are only plants that arrived without an invitation.",
            "Compost is the slowest kitchen in the house and the one that wastes the least.",
            "Whoever plants an oak is thinking of an afternoon that belongs to someone else.",
            "Bees fly straight lines between flowers that have never heard of geometry.",
            "In February the whole of summer fits into a paper envelope.",
            "Moss does not hurry, and after a hundred years it has covered the statue.",
        ),
    ),
    Topic(
        (
            "maps",
            "borders",
            "coastlines",
            "compasses",
            "legends",
            "distances",
            "territory",
            "islands",
        ),
        (
            "an old chart with a sea monster in the corner",
            "a coastline measured with a shorter ruler",
        ),
        (
            "Every map leaves out almost everything, and that is how it helps.",
            "The shorter your ruler, the longer the coast becomes.",
            "Early cartographers drew monsters where their knowledge ended, an honest habit.",
            "A subway map lies about distances so that it can tell the truth about connections.",
            "Borders are drawn in ink, while rivers keep changing their minds.",
            "An island looks lonely only to those who cannot see the sea floor.",
            "To fold a map back the way it was is a skill no school teaches.",
            "There is always one street that exists only to catch those who copy the map.",
        ),
    ),
    Topic(
        ("music", "rhythm", "melodies", "harmony", "chords", "pauses", "drums", "echoes"),
        (
            "a canon whose second voice is late on purpose",
            "an orchestra tuning before the lights go down",
        ),
        (
            "The rest between two notes decides what both of them meant.",
            "A melody is remembered by its turns rather than by its notes.",
            "Musicians in a quartet breathe together before anyone has made a sound.",
            "Drums carried news across valleys long before wires did.",
            "Dissonance is a question; some composers answer late, and some not at all.",
            "A tune moved up by a fifth is another set of notes and the same friend.",
            "Bells are cast once and then tuned for centuries by the weather.",
            "Anyone can clap in time with strangers, which is stranger than it sounds.",
        ),
    ),
    Topic(
        ("time", "clocks", "calendars", "moments", "seasons", "waiting", "sundials", "tomorrow"),
        ("a sundial at midnight", "a clock that is right twice a day", "an hour spent in a queue"),
        (
            "A stopped clock is at least consistent in its opinions.",
            "Calendars are promises that a great many people agreed to keep at once.",
            "Waiting stretches an hour, and remembering folds it up again.",
            "Light from a star tells us very punctually what used to be true.",
            "Seasons arrive by degrees, though we insist on giving them a date.",
            "The present is so thin that we mostly live a little to either side of it.",
            "Tree rings write a diary with one line for each year and never skip a dull one.",
            "Railways taught towns to agree on noon; before that, each kept its own.",
        ),
    ),
    Topic(
        ("cities", "streets", "bridges", "squares", "markets", "doorways", "lamps", "neighbours"),
        (
            "a market before sunrise",
            "a footpath worn across a lawn",
            "lamps coming on one street at a time",
        ),
        (
            "A city is a conversation held in stone, with many interruptions.",
            "The shortcut worn across the lawn is the plan that the planners missed.",
            "Bridges are where two neighbourhoods find out that they need each other.",
            "A square works when people can be alone in it together.",
            "Old streets curve because they once went around something that is gone.",
            "At four in the morning the bakers and the street sweepers own the town.",
            "You know a place when you can give directions by what used to stand there.",
            "A doorway says more about a house than its front does.",
        ),
    ),
    Topic(
        ("weather", "clouds", "storms", "rain", "wind", "fog", "forecasts", "snow"),
        ("fog deciding where the valley ends", "a forecast for the day after the last one"),
        (
            "A forecast is a careful way to say that we have seen something like this before.",
            "Clouds hold tons of water and look like the lightest things there are.",
            "Wind is invisible, and so we learn about it from laundry and flags.",
            "Two days of the same rain are never the same two days.",
            "A storm begins where warm and cold cannot agree on a border.",
            "Fog makes the near things nearer and takes away the rest.",
            "Farmers and sailors read the same sky in different alphabets.",
            "After snow even a familiar road has to be guessed.",
        ),
    ),
    Topic(
        ("oceans", "tides", "waves", "whales", "lighthouses", "salt", "currents", "shells"),
        ("a lighthouse that nobody keeps", "whales passing a song along from one sea to the next"),
        (
            "Tides are the moon's handwriting, legible twice a day.",
            "A wave travels far, while the water that makes it hardly moves at all.",
            "Whales change their songs from year to year, and the new one spreads like fashion.",
            "We have better charts of Mars than of the floor of our own sea.",
            "A lighthouse is a sentence of one word, said at regular intervals.",
            "Salt remembers every river that ever reached it.",
            "Deep currents carry warmth for a thousand years without telling anyone.",
            "Every shell is a house that someone grew by living in it.",
        ),
    ),
    Topic(
        ("games", "rules", "chess", "players", "puzzles", "dice", "moves", "strategy"),
        ("children changing the rules while they run", "a chess problem with a quiet first move"),
        (
            "Children spend more time on the rules than on the game, and perhaps that is the game.",
            "Chess is finite, which comforts nobody who has sat in front of it.",
            "A good puzzle hides nothing; it only arranges what you see so that you look away.",
            "Dice have no memory, and we have far too much of it.",
            "To lose well one has to have believed in the game for a while.",
            "Some rules forbid, and others make the very thing possible that they describe.",
            "The best move is often the one that gives the other side a choice.",
            "Players who trust each other can afford to bluff.",
        ),
    ),
)

TOPIC_OF_NOUN = {noun: topic for topic in TOPICS for noun in topic.nouns}
