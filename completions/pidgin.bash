# bash completion for pidgin, written by completions/generate.py from the table of commands
_pidgin_experiments() {
    local folder=${PIDGIN_DATA_DIR:-$HOME/.pidgin_data/events} file
    for file in "$folder"/*.events.jsonl "$folder"/*.events.jsonl.gz; do
        [[ -e $file ]] || continue
        file=${file##*/}
        file=${file%.gz}
        printf '%s\n' "${file%.events.jsonl}"
    done
    printf '%s\n' latest all
}

_pidgin_reply() {
    local IFS=$' \t\n' reply
    case "$1" in
    words) COMPREPLY=($(compgen -W "$2" -- "$word")) ;;
    files) compopt -o filenames; COMPREPLY=($(IFS=$'\n'; compgen -f -- "$word")) ;;
    folders) compopt -o filenames; COMPREPLY=($(IFS=$'\n'; compgen -d -- "$word")) ;;
    experiments)
        COMPREPLY=($(compgen -W "$2 $(_pidgin_experiments | sort -u)" -- "$word"))
        if [[ ${#COMPREPLY[@]} -eq 0 || $word == */* ]]; then
            compopt -o filenames
            COMPREPLY=($(IFS=$'\n'; compgen -f -- "$word"))
        fi
        ;;
    esac
    # These divide words for bash: what stands before the last one is there already.
    local sign place
    for sign in : =; do
        [[ $word == *$sign* && $COMP_WORDBREAKS == *$sign* ]] || continue
        for place in "${!COMPREPLY[@]}"; do
            COMPREPLY[place]=${COMPREPLY[place]#"${word%"${word##*$sign}"}"}
        done
    done
}
_pidgin_models='sim:chatty sim:terse sim:echo sim:spiral sim:script: exec: claude fable opus sonnet haiku claude-haiku-4-5 gpt gpt-astra gpt-sol gpt-terra gpt-luna gemini gemini-flash gemini-flash-lite gemini-pro grok anthropic:claude-fable-5-1 anthropic:claude-opus-5-5 anthropic:claude-opus-5 anthropic:claude-opus-4-8 anthropic:claude-opus-4-6 anthropic:claude-sonnet-5-5 anthropic:claude-sonnet-5 anthropic:claude-sonnet-4-6 anthropic:claude-haiku-5-5 anthropic:claude-haiku-4-5-20251001 openai:gpt-6-astra openai:gpt-6.1-sol openai:gpt-6.1-terra openai:gpt-6-sol openai:gpt-6-luna openai:gpt-4o google:gemini-3.8-flash google:gemini-3.5-flash google:gemini-3.5-flash-lite google:gemini-3.1-pro-preview google:gemini-2.5-pro google:gemini-2.5-flash xai:grok-4.7 xai:grok-4.3'
_pidgin_types='experiment.started experiment.resumed experiment.completed experiment.failed turn.started response.started response.streaming response.completed response.interrupted turn.completed pause.requested conductor.intervention checkpoint.saved attractor.detected convergence.measured context.usage rate_limit.warning api.call.started api.call.completed api.call.failed stream.chunk.received'
_pidgin_agents='agent_a agent_b agent_c agent_d agent_e agent_f agent_g agent_h'

_pidgin() {
    local line=${COMP_LINE:0:COMP_POINT} words word before command= each
    COMPREPLY=()
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    word=${words[-1]-}
    before=${words[-2]-}
    for each in "${words[@]:1:${#words[@]}-2}"; do
        [[ $each == -* ]] || { command=$each; break; }
    done
    local commands='run conduct tail redact detect transcript export index query compress replay check prune rm list models config doctor man completion --help --version'
    [[ -n $command ]] || { _pidgin_reply words "$commands"; return; }
    case "$command" in
    run)
        case "$before" in
        --resume) _pidgin_reply experiments; return ;;
        --branch) _pidgin_reply experiments; return ;;
        --from) _pidgin_reply experiments; return ;;
        -a | --agent-a) _pidgin_reply words "$_pidgin_models"; return ;;
        -b | --agent-b) _pidgin_reply words "$_pidgin_models"; return ;;
        --name-a) _pidgin_reply nothing; return ;;
        --name-b) _pidgin_reply nothing; return ;;
        --system-a) _pidgin_reply nothing; return ;;
        --system-b) _pidgin_reply nothing; return ;;
        --temperature-a) _pidgin_reply nothing; return ;;
        --temperature-b) _pidgin_reply nothing; return ;;
        --top-p-a) _pidgin_reply nothing; return ;;
        --top-p-b) _pidgin_reply nothing; return ;;
        --max-tokens-a) _pidgin_reply nothing; return ;;
        --max-tokens-b) _pidgin_reply nothing; return ;;
        --seed-a) _pidgin_reply nothing; return ;;
        --seed-b) _pidgin_reply nothing; return ;;
        --awareness) _pidgin_reply nothing; return ;;
        --stop-a) _pidgin_reply nothing; return ;;
        --stop-b) _pidgin_reply nothing; return ;;
        -p | --prompt) _pidgin_reply files; return ;;
        -d | --dimensions) _pidgin_reply nothing; return ;;
        -t | --turns) _pidgin_reply nothing; return ;;
        --id) _pidgin_reply nothing; return ;;
        --group) _pidgin_reply nothing; return ;;
        --label) _pidgin_reply nothing; return ;;
        --seed) _pidgin_reply nothing; return ;;
        -r | --repeat) _pidgin_reply nothing; return ;;
        --shard) _pidgin_reply nothing; return ;;
        --max-tokens) _pidgin_reply nothing; return ;;
        --max-cost) _pidgin_reply nothing; return ;;
        --max-time) _pidgin_reply nothing; return ;;
        --stop-phrase) _pidgin_reply nothing; return ;;
        --convergence) _pidgin_reply nothing; return ;;
        --on) _pidgin_reply words 'tokens=stop tokens=pause tokens=log tokens=off cost=stop cost=pause cost=log cost=off time=stop time=pause time=log time=off stop-phrase=stop stop-phrase=pause stop-phrase=log stop-phrase=off context=stop context=pause context=log context=off convergence=stop convergence=pause convergence=log convergence=off attractor=stop attractor=pause attractor=log attractor=off'; return ;;
        --estimate-from) _pidgin_reply experiments; return ;;
        -j | --jobs) _pidgin_reply nothing; return ;;
        --max-retries) _pidgin_reply nothing; return ;;
        -f | --format) _pidgin_reply words 'auto jsonl text'; return ;;
        --color) _pidgin_reply words 'auto always never'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--resume --branch --from --force -a --agent-a -b --agent-b --name-a --name-b --system-a --system-b --temperature-a --temperature-b --top-p-a --top-p-b --max-tokens-a --max-tokens-b --seed-a --seed-b --awareness --stop-a --stop-b --thinking-a --no-thinking-a --thinking-b --no-thinking-b -p --prompt -d --dimensions -t --turns --id --group --label --seed -r --repeat --shard --retry-failed --max-tokens --max-cost --max-time --stop-phrase --convergence --on --dry-run --estimate-from -j --jobs --max-retries --omit-refused --no-store --keep-going --manual -f --format --color --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply files
        fi
        ;;
    conduct)
        case "$before" in
        --source) _pidgin_reply words 'human system mediator'; return ;;
        --target) _pidgin_reply words "$_pidgin_agents"; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--source --target --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments 'pause resume stop interrupt inject'
        fi
        ;;
    tail)
        case "$before" in
        -n | --lines) _pidgin_reply nothing; return ;;
        --cursor-file) _pidgin_reply files; return ;;
        --alert) _pidgin_reply words "$_pidgin_types"; return ;;
        --exec) _pidgin_reply nothing; return ;;
        --format) _pidgin_reply words 'auto jsonl text'; return ;;
        --type) _pidgin_reply words "$_pidgin_types"; return ;;
        --agent) _pidgin_reply words "$_pidgin_agents"; return ;;
        --turn) _pidgin_reply nothing; return ;;
        --since) _pidgin_reply nothing; return ;;
        --until) _pidgin_reply nothing; return ;;
        --color) _pidgin_reply words 'auto always never'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-n --lines -f --follow --no-follow --wait --cursor-file --exit-status --alert --exec --format --type --agent --turn --since --until --color --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    redact)
        case "$before" in
        --key-file) _pidgin_reply files; return ;;
        --report) _pidgin_reply files; return ;;
        --sources-from) _pidgin_reply files; return ;;
        --pattern) _pidgin_reply nothing; return ;;
        --regex) _pidgin_reply nothing; return ;;
        --builtin) _pidgin_reply words 'secrets email phone ip card iban url paths'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--key-file --report --force --check --sources-from --content --hash-models --pattern -i --ignore-case --regex --builtin --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    detect)
        case "$before" in
        --only) _pidgin_reply words 'convergence attractor'; return ;;
        --profile) _pidgin_reply words 'balanced words form style'; return ;;
        --threshold) _pidgin_reply nothing; return ;;
        --window) _pidgin_reply nothing; return ;;
        --check-interval) _pidgin_reply nothing; return ;;
        --sources-from) _pidgin_reply files; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--only --profile --threshold --window --check-interval --sources-from --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    transcript)
        case "$before" in
        -f | --format) _pidgin_reply words 'auto markdown json text html'; return ;;
        --as) _pidgin_reply words "$_pidgin_agents"; return ;;
        --color) _pidgin_reply words 'auto always never'; return ;;
        --sources-from) _pidgin_reply files; return ;;
        -o | --output) _pidgin_reply files; return ;;
        --type) _pidgin_reply words "$_pidgin_types"; return ;;
        --agent) _pidgin_reply words "$_pidgin_agents"; return ;;
        --turn) _pidgin_reply nothing; return ;;
        --since) _pidgin_reply nothing; return ;;
        --until) _pidgin_reply nothing; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-f --format --as --reasoning --color --schema --sources-from -o --output --force --type --agent --turn --since --until --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    export)
        case "$before" in
        -f | --format) _pidgin_reply words 'auto parquet csv jsonl messages'; return ;;
        --table) _pidgin_reply words 'events messages turns api_calls convergence attractors interruptions interventions pauses experiments labels'; return ;;
        --partition-by) _pidgin_reply nothing; return ;;
        --label) _pidgin_reply nothing; return ;;
        --as) _pidgin_reply words "$_pidgin_agents"; return ;;
        --sources-from) _pidgin_reply files; return ;;
        -o | --output) _pidgin_reply files; return ;;
        --type) _pidgin_reply words "$_pidgin_types"; return ;;
        --agent) _pidgin_reply words "$_pidgin_agents"; return ;;
        --turn) _pidgin_reply nothing; return ;;
        --since) _pidgin_reply nothing; return ;;
        --until) _pidgin_reply nothing; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-f --format --table --partition-by --label --as --raw --sources-from -o --output --force --type --agent --turn --since --until --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    index)
        case "$before" in
        --db) _pidgin_reply files; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--db --rebuild --follow --wait --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply nothing
        fi
        ;;
    query)
        case "$before" in
        --by) _pidgin_reply words 'model group experiment agent label:'; return ;;
        --limit) _pidgin_reply nothing; return ;;
        -p | --parameter) _pidgin_reply nothing; return ;;
        --timeout) _pidgin_reply nothing; return ;;
        --db) _pidgin_reply files; return ;;
        -f | --format) _pidgin_reply words 'auto table jsonl json csv tsv'; return ;;
        --type) _pidgin_reply words "$_pidgin_types"; return ;;
        --agent) _pidgin_reply words "$_pidgin_agents"; return ;;
        --turn) _pidgin_reply nothing; return ;;
        --since) _pidgin_reply nothing; return ;;
        --until) _pidgin_reply nothing; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--by --limit --raw -p --parameter --timeout --db --update --no-update -f --format --type --agent --turn --since --until --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments 'summary convergence interruptions attractors interventions usage cost errors search compare sql'
        fi
        ;;
    compress)
        case "$before" in
        --older-than) _pidgin_reply nothing; return ;;
        --level) _pidgin_reply nothing; return ;;
        --sources-from) _pidgin_reply files; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--completed --older-than -k --keep -l --list -t --test -c --stdout --level --force --dry-run --sources-from --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    replay)
        case "$before" in
        --speed) _pidgin_reply nothing; return ;;
        --max-ratio) _pidgin_reply nothing; return ;;
        --sources-from) _pidgin_reply files; return ;;
        --type) _pidgin_reply words "$_pidgin_types"; return ;;
        --agent) _pidgin_reply words "$_pidgin_agents"; return ;;
        --turn) _pidgin_reply nothing; return ;;
        --since) _pidgin_reply nothing; return ;;
        --until) _pidgin_reply nothing; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--speed --verify --max-ratio --sources-from --type --agent --turn --since --until --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    check)
        case "$before" in
        -f | --format) _pidgin_reply words 'auto jsonl text'; return ;;
        --sources-from) _pidgin_reply files; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-f --format --sources-from --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    prune)
        case "$before" in
        --older-than) _pidgin_reply nothing; return ;;
        --keep-size) _pidgin_reply nothing; return ;;
        --state) _pidgin_reply words 'running paused completed failed crashed unknown missing'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--older-than --keep-size --state --force --dry-run --config --data-dir -q --quiet -h --help'
        fi
        ;;
    rm)
        case "$before" in
        --sources-from) _pidgin_reply files; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--sources-from --force --dry-run --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply experiments
        fi
        ;;
    list)
        case "$before" in
        --group) _pidgin_reply nothing; return ;;
        --state) _pidgin_reply words 'running paused completed failed crashed unknown missing'; return ;;
        --since) _pidgin_reply nothing; return ;;
        --study) _pidgin_reply files; return ;;
        -f | --format) _pidgin_reply words 'auto table jsonl json csv tsv ids'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--group --state --since --study -f --format --config --data-dir -q --quiet -h --help'
        fi
        ;;
    models)
        case "$before" in
        --provider) _pidgin_reply nothing; return ;;
        -f | --format) _pidgin_reply words 'auto table jsonl json csv tsv ids'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '--provider --refresh -f --format --config --data-dir -q --quiet -h --help'
        fi
        ;;
    config)
        case "$before" in
        -o | --output) _pidgin_reply files; return ;;
        -f | --format) _pidgin_reply words 'auto table jsonl json csv tsv'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-o --output --force -f --format --config --data-dir -q --quiet -h --help'
        else
            _pidgin_reply words 'show path check init'
        fi
        ;;
    doctor)
        case "$before" in
        -f | --format) _pidgin_reply words 'auto table jsonl json csv tsv'; return ;;
        --config) _pidgin_reply files; return ;;
        --data-dir) _pidgin_reply folders; return ;;
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-f --format --config --data-dir -q --quiet -h --help'
        fi
        ;;
    man)
        case "$before" in
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-h --help'
        else
            _pidgin_reply words 'run conduct tail redact detect transcript export index query compress replay check prune rm list models config doctor man completion events pidgin-index pidgin.yaml'
        fi
        ;;
    completion)
        case "$before" in
        esac
        if [[ $word == -* ]]; then
            _pidgin_reply words '-h --help'
        else
            _pidgin_reply words 'bash zsh fish'
        fi
        ;;
    esac
}
complete -o nosort -F _pidgin pidgin 2>/dev/null || complete -F _pidgin pidgin
