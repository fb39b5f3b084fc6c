# Sourced by test.sh: which test projects a change touches.

# The folders that a project's file names: references, linked sources, imports. Those of the files that it shares with all are left out.
folders_of() {
    sed 's/\$(RootDir)/\n\$(RootDir)/g' "$1"/*.csproj | sed -nE 's/^\$\(RootDir\)([^"*;]*).*/\1/p' | while read -r path; do
        if [[ -d "$path" ]]; then echo "${path%/}"; else dirname "$path"; fi
    done
}

# closure_of FOLDER: the project's folder and all that it is made of.
closure_of() {
    local found=("$1") next folder
    for ((next = 0; next < ${#found[@]}; next++)); do
        compgen -G "${found[next]}/*.csproj" >/dev/null || continue
        while read -r folder; do
            [[ " ${found[*]} " == *" $folder "* ]] || found+=("$folder")
        done < <(folders_of "${found[next]}")
    done
    printf '%s\n' "${found[@]}"
}

# changed_projects PROJECT…: those of the projects that the change since main touches, committed or not.
changed_projects() {
    local base project folder file
    base="$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main)"
    [[ "$base" != "$(git rev-parse HEAD)" || -n "$(git status --porcelain)" ]] || return 0
    local files=() touched=" "
    mapfile -t files < <(git diff --name-only "$base"; git ls-files --others --exclude-standard)
    for file in "${files[@]}"; do
        case "$file" in
            # The rules of the sources are tests of every change.
            src/*.cs | tests/*.cs | samples/*) touched+="Architecture " ;;&
            tests/Granary.*.Tests/* | src/* | samples/* | tests/Batches/* | tests/Kafka/* | tests/Data/*) ;;
            docs/* | *.md | LICENSE | CITATION.cff) touched+="Architecture Cli Tutorials " ;;
            site/*) touched+="Browser " ;;
            clients/*) touched+="Cli Tutorials " ;;
            deploy/* | bicep/* | infra/* | .github/* | .devcontainer/* | Dockerfile | docker-compose.yml | tests/Compose/*)
                touched+="Architecture Deployment Cluster " ;;
            *) echo "$@" | tr ' ' '\n'; return ;; # shared by all
        esac
    done
    for project in "$@"; do
        if [[ "$touched" == *" $project "* ]]; then echo "$project"; continue; fi
        while read -r folder; do
            if printf '%s\n' "${files[@]}" | grep -q "^$folder/"; then echo "$project"; break; fi
        done < <(closure_of "tests/Granary.$project.Tests")
    done
}
