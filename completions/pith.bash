# bash completion for pith
_pith() {
    local commands="import init rank up down prefer undo votes vote why replay export import-profile status"
    local everywhere="--home --passphrase-file --json --help --version"
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command="" options="" i

    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --home | --passphrase-file) i=$((i + 1)) ;;
        -*) ;;
        *)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done

    case $previous in
    --home)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --passphrase-file | --from | --output | -o)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    --strength)
        mapfile -t COMPREPLY < <(compgen -W "interactive moderate sensitive" -- "$current")
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W "json" -- "$current")
        return
        ;;
    --date | --since | --limit)
        return
        ;;
    esac

    case $command in
    init) options="--strength" ;;
    rank) options="--date --since --all --limit" ;;
    why) options="--limit" ;;
    vote) options="--from" ;;
    export) options="--format --output --force" ;;
    status) options="--digest" ;;
    esac

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options $everywhere" -- "$current")
    elif [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
    elif [[ $command == import || $command == import-profile ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    elif [[ $command == prefer ]]; then
        mapfile -t COMPREPLY < <(compgen -W "over" -- "$current")
    fi
}
complete -o filenames -F _pith pith
