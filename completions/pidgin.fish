# fish completion for pidgin, written by completions/generate.py from the table of commands

function __pidgin_experiments
    set -l folder $HOME/.pidgin_data/events
    set -q PIDGIN_DATA_DIR; and set folder $PIDGIN_DATA_DIR
    for file in $folder/*.events.jsonl $folder/*.events.jsonl.gz
        string replace -r '.*/(.*)\.events\.jsonl(\.gz)?$' '$1' -- $file
    end | sort -u
    printf '%s\n' latest all
end

complete -c pidgin -f
complete -c pidgin -n __fish_use_subcommand -s h -l help -d 'Show help'
complete -c pidgin -n __fish_use_subcommand -l version -d 'Print the version'
complete -c pidgin -n __fish_use_subcommand -a run -d 'Hold conversations and emit their events'
complete -c pidgin -n __fish_use_subcommand -a conduct -d 'Act on a running experiment'
complete -c pidgin -n __fish_use_subcommand -a tail -d 'Follow events live'
complete -c pidgin -n __fish_use_subcommand -a redact -d 'Take out of a stream what is nobody else\'s business'
complete -c pidgin -n __fish_use_subcommand -a detect -d 'Recompute detections'
complete -c pidgin -n __fish_use_subcommand -a transcript -d 'Show conversations to read, as text, a page or JSON'
complete -c pidgin -n __fish_use_subcommand -a export -d 'Make tables of events: Parquet, CSV, JSONL, chats'
complete -c pidgin -n __fish_use_subcommand -a index -d 'Build or update the SQLite index'
complete -c pidgin -n __fish_use_subcommand -a query -d 'Ask the index: reports, searches, comparisons, SQL'
complete -c pidgin -n __fish_use_subcommand -a compress -d 'Put archives in the place of logs'
complete -c pidgin -n __fish_use_subcommand -a replay -d 'Give what was recorded'
complete -c pidgin -n __fish_use_subcommand -a check -d 'Prove logs'
complete -c pidgin -n __fish_use_subcommand -a prune -d 'Remove old experiments, or the oldest of too many'
complete -c pidgin -n __fish_use_subcommand -a rm -d 'Remove experiments'
complete -c pidgin -n __fish_use_subcommand -a list -d 'List the experiments of the store'
complete -c pidgin -n __fish_use_subcommand -a models -d 'List models, what fits into them and what they cost'
complete -c pidgin -n __fish_use_subcommand -a config -d 'Show the configuration, and where it comes from'
complete -c pidgin -n __fish_use_subcommand -a doctor -d 'Say whether everything is well, and what to do'
complete -c pidgin -n __fish_use_subcommand -a man -d 'Show a page of the manual'
complete -c pidgin -n __fish_use_subcommand -a completion -d 'Print what makes a shell complete'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l resume -d 'Go on where this experiment was paused, failed or crashed' -r -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l branch -d 'Begin with the turns of another before TURN' -r -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l from -d 'Run it again from its recorded responses, and compare what follows from them' -r -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l force -d 'Resume also what may still run on another machine'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s a -l agent-a -d 'First agent, such as sim:chatty' -x -a 'sim:chatty sim:terse sim:echo sim:spiral sim:script: exec: claude fable opus sonnet haiku claude-haiku-4-5 gpt gpt-astra gpt-sol gpt-terra gpt-luna gemini gemini-flash gemini-flash-lite gemini-pro grok anthropic:claude-fable-5-1 anthropic:claude-opus-5-5 anthropic:claude-opus-5 anthropic:claude-opus-4-8 anthropic:claude-opus-4-6 anthropic:claude-sonnet-5-5 anthropic:claude-sonnet-5 anthropic:claude-sonnet-4-6 anthropic:claude-haiku-5-5 anthropic:claude-haiku-4-5-20251001 openai:gpt-6-astra openai:gpt-6.1-sol openai:gpt-6.1-terra openai:gpt-6-sol openai:gpt-6-luna openai:gpt-4o google:gemini-3.8-flash google:gemini-3.5-flash google:gemini-3.5-flash-lite google:gemini-3.1-pro-preview google:gemini-2.5-pro google:gemini-2.5-flash xai:grok-4.7 xai:grok-4.3'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s b -l agent-b -d 'Second agent' -x -a 'sim:chatty sim:terse sim:echo sim:spiral sim:script: exec: claude fable opus sonnet haiku claude-haiku-4-5 gpt gpt-astra gpt-sol gpt-terra gpt-luna gemini gemini-flash gemini-flash-lite gemini-pro grok anthropic:claude-fable-5-1 anthropic:claude-opus-5-5 anthropic:claude-opus-5 anthropic:claude-opus-4-8 anthropic:claude-opus-4-6 anthropic:claude-sonnet-5-5 anthropic:claude-sonnet-5 anthropic:claude-sonnet-4-6 anthropic:claude-haiku-5-5 anthropic:claude-haiku-4-5-20251001 openai:gpt-6-astra openai:gpt-6.1-sol openai:gpt-6.1-terra openai:gpt-6-sol openai:gpt-6-luna openai:gpt-4o google:gemini-3.8-flash google:gemini-3.5-flash google:gemini-3.5-flash-lite google:gemini-3.1-pro-preview google:gemini-2.5-pro google:gemini-2.5-flash xai:grok-4.7 xai:grok-4.3'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l name-a -d 'What a is called' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l name-b -d 'What b is called' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l system-a -d 'System prompt of a' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l system-b -d 'System prompt of b' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l temperature-a -d 'Temperature of a' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l temperature-b -d 'Temperature of b' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l top-p-a -d 'top_p of a' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l top-p-b -d 'top_p of b' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l max-tokens-a -d 'Longest response of a, in tokens' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l max-tokens-b -d 'Longest response of b, in tokens' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l seed-a -d 'Seed of a\'s own' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l seed-b -d 'Seed of b\'s own' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l awareness -d 'What both are told of whom they talk with: none, basic, research, or one of the configuration' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l stop-a -d 'Text that ends a response of a' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l stop-b -d 'Text that ends a response of b' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l thinking-a -l no-thinking-a -d 'Whether a thinks first'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l thinking-b -l no-thinking-b -d 'Whether b thinks first'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s p -l prompt -d 'What both agents are told first' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from run' -s d -l dimensions -d 'A prompt made of tables, such as debate:language:analytical' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -s t -l turns -d 'Turns' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l id -d 'Name of the experiment' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l group -d 'What it belongs to' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l label -d 'A label' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l seed -d 'Of all randomness' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -s r -l repeat -d 'How many times it is run' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l shard -d 'Of a study, only part I of N' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l retry-failed -d 'Of a study, also go on with what failed'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l max-tokens -d 'Tokens in and out of each experiment' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l max-cost -d 'Dollars of each experiment' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l max-time -d 'Such as 90s, 30m or 2h, of each' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l stop-phrase -d 'Ends it when an agent says it' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l convergence -d 'Score from which the agents have converged' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l on -d 'What is done at tokens, cost, time, stop-phrase, context, convergence or attractor: stop, pause, log or off' -x -a 'tokens=stop tokens=pause tokens=log tokens=off cost=stop cost=pause cost=log cost=off time=stop time=pause time=log time=off stop-phrase=stop stop-phrase=pause stop-phrase=log stop-phrase=off context=stop context=pause context=log context=off convergence=stop convergence=pause convergence=log convergence=off attractor=stop attractor=pause attractor=log attractor=off'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l dry-run -d 'Only say what would be run, and about what it would use'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l estimate-from -d 'With --dry-run: take the length of answers from this experiment' -r -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s j -l jobs -d 'How many are run at once' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l max-retries -d 'Further attempts after a call that failed before any text came' -x
complete -c pidgin -n '__fish_seen_subcommand_from run' -l omit-refused -d 'Leave out a parameter that a model is known to refuse, which is else an error'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l no-store -d 'Keep nothing: events go to stdout only'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l keep-going -d 'Go on into the store when nobody reads stdout'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l manual -d 'Ask after every turn, at the terminal that shows it'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s f -l format -d 'What stdout gets' -x -a 'auto jsonl text'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l color -d 'Colours in text' -x -a 'auto always never'
complete -c pidgin -n '__fish_seen_subcommand_from run' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from run' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from run' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from run' -F
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -l source -d 'Who speaks the words that are injected' -x -a 'human system mediator'
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -l target -d 'Who hears them, by id or name, all where it is not given' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from conduct' -F -a 'pause resume stop interrupt inject (__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -s n -l lines -d 'Events from before to begin with: 10 if not set, and all of a stdin that is followed' -x
complete -c pidgin -n '__fish_seen_subcommand_from tail' -s f -l follow -l no-follow -d 'Whether to wait for more'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l wait -d 'Wait for an experiment that is not there yet'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l cursor-file -d 'Remember there how far was read, and go on from there the next time' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l exit-status -d 'End as the experiment did: 0 completed, 4 paused, 1 failed or crashed'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l alert -d 'Run the command of --exec for each such event that is shown' -x -a 'experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l exec -d 'What is run, with the event on its stdin' -x
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l format -d 'What stdout gets' -x -a 'auto jsonl text'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l type -d 'Only events of such types, such as \'api.*\'' -x -a 'experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l agent -d 'Only events of this agent' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l turn -d 'Only events of these turns: 3, 2.., ..5 or 2..5' -x
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l since -d 'Only events from then on: 2h (ago), a date and time, Unix seconds' -x
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l until -d 'Only events before then' -x
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l color -d 'Colours in text' -x -a 'auto always never'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from tail' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from tail' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l key-file -d 'Key the hashes with what is in this file, not with your own key' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l report -d 'Write there what was redacted, in numbers, as JSON' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l force -d 'Replace a report that is there'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l check -d 'Only look: say where something is that would be redacted, with status 1'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l content -d 'Let only numbers and words of the format itself stay'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l hash-models -d 'Give models and services pseudonyms, in prose too'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l pattern -d 'Redact this text' -x
complete -c pidgin -n '__fish_seen_subcommand_from redact' -s i -l ignore-case -d 'Whatever the case of --pattern'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l regex -d 'Redact what this matches' -x
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l builtin -d 'Redact secrets, email, phone, ip, card, iban, url, paths' -x -a 'secrets email phone ip card iban url paths'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from redact' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from redact' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l only -d 'Only convergence or attractor, whether it was switched on or not' -x -a 'convergence attractor'
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l profile -d 'Which components convergence is made of' -x -a 'balanced words form style'
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l threshold -d 'Repetitions that make a pattern an attractor' -x
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l window -d 'Turns that each look for attractors sees' -x
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l check-interval -d 'Turns between two looks for attractors' -x
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from detect' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from detect' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from detect' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from detect' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -s f -l format -d 'What is made' -x -a 'auto markdown json text html'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l as -d 'What this agent was sent at each turn, held against the hash in the log' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l reasoning -d 'Show the thinking that came with a response'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l color -d 'Colours in text' -x -a 'auto always never'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l schema -d 'Print the JSON Schema of -f json, and nothing else'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -s o -l output -d 'Write to this file, not to stdout, which - means as well' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l force -d 'Replace a file that is there'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l type -d 'Only events of such types, such as \'api.*\'' -x -a 'experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l agent -d 'Only events of this agent' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l turn -d 'Only events of these turns: 3, 2.., ..5 or 2..5' -x
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l since -d 'Only events from then on: 2h (ago), a date and time, Unix seconds' -x
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l until -d 'Only events before then' -x
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from transcript' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from export' -s f -l format -d 'What is made' -x -a 'auto parquet csv jsonl messages'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l table -d 'What a row is: one of events, messages, turns, api_calls, convergence, attractors, interruptions, interventions, pauses, experiments, labels. The columns are those of the index' -x -a 'events messages turns api_calls convergence attractors interruptions interventions pauses experiments labels'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l partition-by -d 'Make FILE a folder of Parquet files, divided by this column (Hive)' -x
complete -c pidgin -n '__fish_seen_subcommand_from export' -l label -d 'Make a column for this label' -x
complete -c pidgin -n '__fish_seen_subcommand_from export' -l as -d 'With -f messages: whose side is told' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l raw -d 'In csv, leave texts that a spreadsheet takes for formulas'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from export' -s o -l output -d 'Write to this file, not to stdout, which - means as well' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from export' -l force -d 'Replace a file that is there'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l type -d 'Only events of such types, such as \'api.*\'' -x -a 'experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l agent -d 'Only events of this agent' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from export' -l turn -d 'Only events of these turns: 3, 2.., ..5 or 2..5' -x
complete -c pidgin -n '__fish_seen_subcommand_from export' -l since -d 'Only events from then on: 2h (ago), a date and time, Unix seconds' -x
complete -c pidgin -n '__fish_seen_subcommand_from export' -l until -d 'Only events before then' -x
complete -c pidgin -n '__fish_seen_subcommand_from export' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from export' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from export' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from export' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from export' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from index' -l db -d 'The database' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from index' -l rebuild -d 'Begin from nothing'
complete -c pidgin -n '__fish_seen_subcommand_from index' -l follow -d 'Go on, and index what comes within a second'
complete -c pidgin -n '__fish_seen_subcommand_from index' -l wait -d 'Wait for another process that does the same'
complete -c pidgin -n '__fish_seen_subcommand_from index' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from index' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from index' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from index' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from index' 
complete -c pidgin -n '__fish_seen_subcommand_from query' -l by -d 'Sum up by this' -x -a 'model group experiment agent label:'
complete -c pidgin -n '__fish_seen_subcommand_from query' -l limit -d 'Show no more rows than that' -x
complete -c pidgin -n '__fish_seen_subcommand_from query' -l raw -d 'Take the text of a search for a query of SQLite\'s FTS5'
complete -c pidgin -n '__fish_seen_subcommand_from query' -s p -l parameter -d 'A value for :NAME in a statement' -x
complete -c pidgin -n '__fish_seen_subcommand_from query' -l timeout -d 'Seconds that a statement may take' -x
complete -c pidgin -n '__fish_seen_subcommand_from query' -l db -d 'Read this database, as it is' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from query' -l update -l no-update -d 'Whether the index takes in what is new before'
complete -c pidgin -n '__fish_seen_subcommand_from query' -s f -l format -d 'What stdout gets' -x -a 'auto table jsonl json csv tsv'
complete -c pidgin -n '__fish_seen_subcommand_from query' -l type -d 'Only events of such types, such as \'api.*\'' -x -a 'experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
complete -c pidgin -n '__fish_seen_subcommand_from query' -l agent -d 'Only events of this agent' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from query' -l turn -d 'Only events of these turns: 3, 2.., ..5 or 2..5' -x
complete -c pidgin -n '__fish_seen_subcommand_from query' -l since -d 'Only events from then on: 2h (ago), a date and time, Unix seconds' -x
complete -c pidgin -n '__fish_seen_subcommand_from query' -l until -d 'Only events before then' -x
complete -c pidgin -n '__fish_seen_subcommand_from query' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from query' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from query' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from query' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from query' -F -a 'summary convergence interruptions attractors interventions usage cost errors search compare sql (__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l completed -d 'Only completed ones'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l older-than -d 'Only logs without a change for so long: 1h, 3d' -x
complete -c pidgin -n '__fish_seen_subcommand_from compress' -s k -l keep -d 'Keep the logs'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -s l -l list -d 'Show what archives hold'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -s t -l test -d 'Prove archives'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -s c -l stdout -d 'Write archives to stdout, and keep the logs'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l level -d '1 is fastest, 9 smallest' -x
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l force -d 'Replace an archive of something else'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l dry-run -d 'Only print the paths of the logs'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from compress' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from compress' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l speed -d 'In recorded time, N times as fast' -x
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l verify -d 'Compare the digests'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l max-ratio -d 'Refuse archives that unpack to more times their size' -x
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l type -d 'Only events of such types, such as \'api.*\'' -x -a 'experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l agent -d 'Only events of this agent' -x -a 'agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l turn -d 'Only events of these turns: 3, 2.., ..5 or 2..5' -x
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l since -d 'Only events from then on: 2h (ago), a date and time, Unix seconds' -x
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l until -d 'Only events before then' -x
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from replay' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from replay' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from check' -s f -l format -d 'What stdout gets' -x -a 'auto jsonl text'
complete -c pidgin -n '__fish_seen_subcommand_from check' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from check' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from check' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from check' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from check' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from check' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l older-than -d 'Those without an event for so long: 90d, 12h' -x
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l keep-size -d 'The oldest, until no more than that is left: 20G' -x
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l state -d 'Only completed, failed, paused or crashed ones' -x -a 'running paused completed failed crashed unknown missing'
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l force -d 'Do not ask'
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l dry-run -d 'Only show what would go'
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from prune' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from prune' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from prune' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from rm' -l sources-from -d 'Read further SOURCEs from this file, one a line' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from rm' -l force -d 'Do not ask'
complete -c pidgin -n '__fish_seen_subcommand_from rm' -l dry-run -d 'Only show what would go'
complete -c pidgin -n '__fish_seen_subcommand_from rm' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from rm' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from rm' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from rm' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from rm' -F -a '(__pidgin_experiments)'
complete -c pidgin -n '__fish_seen_subcommand_from list' -l group -d 'Only those of this group' -x
complete -c pidgin -n '__fish_seen_subcommand_from list' -l state -d 'Only running, paused, completed, failed, crashed or unknown ones, of a study also missing' -x -a 'running paused completed failed crashed unknown missing'
complete -c pidgin -n '__fish_seen_subcommand_from list' -l since -d 'Only those with an event since then: 2h (ago), a date' -x
complete -c pidgin -n '__fish_seen_subcommand_from list' -l study -d 'The runs of this study, also those that have not begun' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from list' -s f -l format -d 'What stdout gets' -x -a 'auto table jsonl json csv tsv ids'
complete -c pidgin -n '__fish_seen_subcommand_from list' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from list' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from list' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from list' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from models' -l provider -d 'Only those of this service' -x
complete -c pidgin -n '__fish_seen_subcommand_from models' -l refresh -d 'Ask each service that has a key, or wants none, what it serves'
complete -c pidgin -n '__fish_seen_subcommand_from models' -s f -l format -d 'What stdout gets' -x -a 'auto table jsonl json csv tsv ids'
complete -c pidgin -n '__fish_seen_subcommand_from models' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from models' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from models' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from models' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from config' -s o -l output -d 'Where init writes' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from config' -l force -d 'Let init replace a file'
complete -c pidgin -n '__fish_seen_subcommand_from config' -s f -l format -d 'What stdout gets' -x -a 'auto table jsonl json csv tsv'
complete -c pidgin -n '__fish_seen_subcommand_from config' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from config' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from config' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from config' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from config' -a 'show path check init'
complete -c pidgin -n '__fish_seen_subcommand_from doctor' -s f -l format -d 'What stdout gets' -x -a 'auto table jsonl json csv tsv'
complete -c pidgin -n '__fish_seen_subcommand_from doctor' -l config -d 'Read the configuration from this file' -r -F
complete -c pidgin -n '__fish_seen_subcommand_from doctor' -l data-dir -d 'Keep and find events in this folder' -x -a '(__fish_complete_directories)'
complete -c pidgin -n '__fish_seen_subcommand_from doctor' -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c pidgin -n '__fish_seen_subcommand_from doctor' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from man' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from man' -a 'run conduct tail redact detect transcript export index query compress replay check prune rm list models config doctor man completion events pidgin-index pidgin.yaml'
complete -c pidgin -n '__fish_seen_subcommand_from completion' -s h -l help -d 'Show help'
complete -c pidgin -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
