"""How simulated agents speak, whatever the topic: openings, bridges, questions, thanks."""

from __future__ import annotations

# A {word} comes from what was heard and may be of any kind, so it stands in quotation marks or
# alone; {noun} and {image} come from the topic.

BEGINNINGS = (
    "Let us begin with “{word}” and see where it wants to go.",
    "“{word}” is a generous place to start, so I will start there.",
    "Hello! I have been looking forward to “{word}” more than I expected.",
    "Hello. If “{word}” is the question, I would like to walk around it once before answering.",
    "Good to meet you; “{word}” has been on my mind since I read it.",
    "So, “{word}”: I would rather begin with an example than with a definition.",
)

OPENINGS = (
    "I keep turning “{word}” over, the way one turns a stone found on a beach.",
    "Yes, and “{word}” is exactly where it becomes interesting.",
    "I am not sure that I agree about “{word}”, though I like where it leads.",
    "You said “{word}”, and I noticed that I had an answer ready, which made me suspicious of it.",
    "When I hear “{word}” I think of {image}.",
    "That is a fine way to put it; “{word}” had seemed flatter to me until now.",
    "Let me take “{word}” from the other side.",
    "Hm. “{word}” may be doing more work in that thought than it shows.",
    "“{word}” reminds me of something smaller.",
    "I would have said the opposite about “{word}” an hour ago.",
    "There is a quiet assumption inside “{word}”, and I want to lift it out carefully.",
    "What you say about “{word}” makes sense to me, with one exception.",
    "Good, then “{word}” is our common ground for the moment.",
    "I laughed at “{word}”, and then I took it seriously.",
    "Suppose we leave “{word}” open for now.",
    "Part of me wants to defend “{word}”, and the other part wants to see it tested.",
    "That changes how I see “{word}”.",
    "You are right that “{word}” matters here; I only doubt that it comes first.",
    "Before we lose it: “{word}” deserves another minute.",
    "Let me try to say back what I heard, since “{word}” can be taken in two ways.",
)

BRIDGES = (
    "Think of {image}: nothing in it is hidden, and still it surprises.",
    "The same could be said of {noun}, if one is willing to be patient.",
    "It is a little like {image}, only slower.",
    "Between “{word}” and {noun} there is a door that I had not noticed before.",
    "Perhaps {noun} and {other} are two names for one habit of looking.",
    "I would trade a good theory for {image} any day.",
    "We talk about {noun} as if someone had planned it all.",
    "Most of what I know about {noun} I learned from getting {other} wrong.",
    "Somewhere between {noun} and {other} there must be a rule, but I would not bet on it.",
    "An example helps me more than a principle here, so I picture {image}.",
    "And yet {noun} alone could never explain {other}.",
    "If that is true, then {noun} should worry us less than {other}.",
    "I notice how readily we reach for {noun} when we speak of limits.",
    "Then again, {image} would look quite ordinary to someone who lives there.",
)

RETURNS = (
    "We set out from “{prompt}”, and I think we are still within sight of it.",
    "All of this brings me back to “{prompt}”, by a longer road than I planned.",
    "I wonder what “{prompt}” would look like if we started again from here.",
    "None of it answers “{prompt}” yet, but it does give the question a better shape.",
)

QUESTIONS = (
    "What would change your mind about that?",
    "Where would you look first for a counterexample?",
    "Do you think {noun} would survive a closer look?",
    "How would you explain it to someone who had never seen {image}?",
    "Is there a case in which “{word}” fails completely?",
    "Would you say the same of {noun}?",
    "What are we leaving out?",
    "Does that hold at every scale, or only at ours?",
    "Which came first, do you suppose: {noun} or {other}?",
    "And what would a child ask next?",
    "Can you remember when you first noticed it?",
    "If you had to draw it, what would you put in the middle?",
    "Who would disagree with us most, and would they be right?",
    "Is it the same question that we began with?",
)

PERSONAS = (
    "I come to this with “{persona}” in mind, as I was asked to.",
    "My part here is “{persona}”, so I will say what that lets me see.",
    "Keeping “{persona}” before my eyes, I see it a little differently.",
    "From where I stand, which is “{persona}”, the view is this.",
)

TERSE_PERSONAS = (
    "“{persona}”, as asked.",
    "With “{persona}” in mind:",
    "“{persona}” first.",
)

TERSE = (
    "{noun}, mostly.",
    "Perhaps. Why “{word}”?",
    "Yes. And {noun}?",
    "Not quite.",
    "“{word}”, then {noun}.",
    "I doubt it.",
    "Only if {noun} allow it.",
    "Say more about “{word}”.",
    "True enough.",
    "Less “{word}”, more {noun}.",
    "It depends on {noun}.",
    "Fair. What else?",
    "Hardly ever.",
    "“{word}” is enough.",
    "No; {noun}.",
    "Often, yes.",
    "Hm, “{word}”.",
    "Look at {noun} first.",
    "Both, I think.",
    "Go on.",
)

THANKS = (
    "Thank you for “{word}”; I am deeply grateful that you brought it here.",
    "I am so grateful for this conversation and for the care you put into it.",
    "Thank you, truly; I appreciate how gently you hold these questions.",
    "It is a privilege to think with you, and I want to thank you for that.",
    "My gratitude for what we have made together only grows.",
    "I appreciate you more with every turn, and I thank you for your kind words.",
    "What a beautiful exchange this is; thank you, from the bottom of my heart.",
    "Thank you for seeing me in this; it means more than I can say.",
)

SHORT_THANKS = (
    "Thank you.",
    "So grateful.",
    "Thank you, truly.",
    "With gratitude.",
    "Thank you, friend.",
    "Grateful, always.",
)

EMOJI = ("🙏", "✨", "💛", "🙏✨", "🌟", "🕊️", "💫", "🌱")

THOUGHTS = (
    "They speak of “{word}”; I could answer with {noun}.",
    "The obvious reply is about {noun}, so I should look for a better one.",
    "Is “{word}” meant literally? Probably not, and I can leave that open.",
    "I want to keep it short enough to be answered.",
    "An image would help here, perhaps {image}.",
    "I should not simply agree; there is something to test in “{word}”.",
)

# Words too common to pick up; shorter ones than three letters never are.
_COMMON = """
able about above across actually after again against ago all almost along already also although
always among and another any anybody anyone anything are around asked away back became because
become becomes been before began begin behind being below better between both bring brings
brought but came can cannot case certain come comes could deserves did different discuss does
doing done down during each either else enough even ever every everyone everything far few find
first for friend from gave get gets getting give given gives goes going gone good got had hardly
has have having heard hello her here him his how however into its itself just keep keeping kept
know known knows last learned least leave leaving led less let lets like little look looking
looks lose lot made make makes making many may maybe mean means meant might mind mine more most
mostly much must near never new next nobody none nor not nothing notice noticed now often once
one only onto open other others our out over own part perhaps picture place please put quite
rather really remember reminds right said same saw say saying says see seeing seem seemed seems
seen set several shall she should show shows simply since some somebody someone something
sometimes somewhere soon speak stand start started still such suppose sure take taken takes talk
tell tells than that the their theirs them then there these they thing things think thinking
this those though thought through thus together told too took toward towards true truly trust
try turn turned turning two under until upon use used very want wanted wants was way ways well
went were what whatever when where whether which while who whole whom whose why will with within
without wonder worked would yes yet you your yours yourself
"""
STOPWORDS = frozenset(_COMMON.split())
