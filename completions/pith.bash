# bash completion for pith
_pith() {
    local commands="setup import fetch update receipts init rank review search show open days seed up down prefer later undo redo votes list vote why replay export import-profile diff key token unlock lock
        learn-space check backup restore reader readers erase digest settings config web serve mail status"
    local everywhere="--home --reader --passphrase-file --key-file --token-file --recovery --fido2 --tpm --witness --config --json --help --version"
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command="" options="" i

    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --home | --reader | --passphrase-file | --key-file | --token-file | --witness | --config) i=$((i + 1)) ;;
        -*) ;;
        *)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done

    case $previous in
    --home | --dry-run)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --passphrase-file | --key-file | --token-file | --witness | --new-passphrase-file | --export-passphrase-file | --operator-token-file | --certificate | --key | --from | --from-mail | --sealed | --config | --picture | \
        --output | -o)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    --strength)
        mapfile -t COMPREPLY < <(compgen -W "interactive moderate sensitive" -- "$current")
        return
        ;;
    --format)
        if [[ $command == digest ]]; then
            mapfile -t COMPREPLY < <(compgen -W "html text eml json" -- "$current")
            return
        fi
        mapfile -t COMPREPLY < <(compgen -W "json bibtex ris csl-json jsonl" -- "$current")
        return
        ;;
    --allow)
        mapfile -t COMPREPLY < <(compgen -W "rank vote export manage rank,vote" -- "$current")
        return
        ;;
    --only)
        mapfile -t COMPREPLY < <(compgen -W "new cross replaced new,cross" -- "$current")
        return
        ;;
    --inbound)
        mapfile -t COMPREPLY < <(compgen -W "maildir imap" -- "$current")
        return
        ;;
    --in-doubt)
        mapfile -t COMPREPLY < <(compgen -W "again hold sent" -- "$current")
        return
        ;;
    --for)
        mapfile -t COMPREPLY < <(compgen -W "30m 8h 1d" -- "$current")
        return
        ;;
    --date | --since | --until | --limit | --label | --reader | --to)
        return
        ;;
    esac

    case $command in
    import) options="--explain" ;;
    fetch) options="--since --only" ;;
    receipts) options="--limit" ;;
    replay) options="--picture --force" ;;
    seed) options="--about --forget" ;;
    search) options="--mine --limit --unread --abstracts --oneline --format --no-pager" ;;
    show | votes) options="--no-pager" ;;
    open) options="--pdf" ;;
    days) options="--limit --no-pager" ;;
    later) options="--done --post" ;;
    setup) options="--fetch --seed --mail --unlock --strength --new-passphrase-file" ;;
    init) options="--strength --new-passphrase-file" ;;
    up | down | prefer) options="--post" ;;
    key) options="--strength --new-passphrase-file --label" ;;
    token) options="--allow --until" ;;
    reader) options="--mail --seed --yes" ;;
    unlock) options="--for" ;;
    backup | restore) options="--force" ;;
    erase | undo) options="--yes" ;;
    diff) options="--limit --export-passphrase-file" ;;
    import-profile) options="--export-passphrase-file" ;;
    rank) options="--date --since --all --only --expect --at-most-unwanted --diverse --seen --unread --limit --abstracts --oneline --format --no-pager" ;;
    review) options="--date --seen" ;;
    why) options="--limit --no-pager" ;;
    list) options="--ups --downs --later --mine --abstracts --oneline --no-pager --format --output --force" ;;
    vote) options="--from --from-mail" ;;
    digest) options="--date --format --output --force --send --to --in-doubt --no-pager" ;;
    mail) options="--date --only --dry-run --in-doubt --inbound" ;;
    web) options="--port --no-browser" ;;
    serve) options="--listen --base-url --cors-origin --operator-token-file --sign-in-file --certificate --key --workers --rate --deadline --connections --per-address --answers --quiet" ;;
    export) options="--sealed --format --output --yes --force --strength --new-passphrase-file" ;;
    status) options="--fingerprint" ;;
    esac

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options $everywhere" -- "$current")
    elif [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
    elif [[ $command == key && $previous == key ]]; then
        mapfile -t COMPREPLY < <(compgen -W "list add change revoke rotate" -- "$current")
    elif [[ $command == key && $previous == add ]]; then
        mapfile -t COMPREPLY < <(compgen -W "passphrase recovery file fido2 tpm" -- "$current")
    elif [[ $command == reader && $previous == reader ]]; then
        mapfile -t COMPREPLY < <(compgen -W "list add remove rename import" -- "$current")
    elif [[ $command == reader && $previous == import ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    elif [[ $command == config && $previous == config ]]; then
        mapfile -t COMPREPLY < <(compgen -W "get set edit" -- "$current")
    elif [[ $command == token && $previous == token ]]; then
        mapfile -t COMPREPLY < <(compgen -W "list add revoke" -- "$current")
    elif [[ $command =~ ^(import|import-profile|diff|backup|restore|key)$ ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    elif [[ $command == settings ]]; then
        compopt -o nospace
        mapfile -t COMPREPLY < <(compgen -W "mail= likes= most= cost= explore= missed= announced=" -- "$current")
    elif [[ $command == prefer ]]; then
        mapfile -t COMPREPLY < <(compgen -W "over" -- "$current")
    fi
}
complete -o filenames -F _pith pith
