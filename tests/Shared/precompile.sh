# Sourced by test.sh: compiles what was built to machine code ahead of time (ReadyToRun), in place. The tests start some hundred processes that live for
# seconds, and most of their processor time was compilation. The next build puts the files without machine code back.

# Restores the SDK's own compiler of this machine's .NET, and writes its path to a file for find_crossgen.
restore_crossgen() {
    local project="$work/crossgen/Crossgen.csproj" version packages architecture=x64
    [[ "$(uname -m)" == aarch64 ]] && architecture=arm64
    mkdir -p "$work/crossgen"
    cat >"$project" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="microsoft.netcore.app.crossgen2.linux-$architecture" Version="[\$(BundledNETCoreAppPackageVersion)]" /></ItemGroup>
</Project>
XML
    dotnet restore "$project" -v quiet >/dev/null 2>&1 || return 1
    version="$(dotnet msbuild "$project" -getProperty:BundledNETCoreAppPackageVersion)" || return 1
    packages="$(dotnet msbuild "$project" -getProperty:NuGetPackageRoot)" || return 1
    echo "$packages/microsoft.netcore.app.crossgen2.linux-$architecture/$version/tools/crossgen2" >"$work/crossgen/path"
}

# Sets $crossgen; fails where the compiler did not restore.
find_crossgen() {
    { read -r crossgen <"$work/crossgen/path"; } 2>/dev/null && [[ -f "$crossgen" ]] && chmod +x "$crossgen"
}

# The folder of the newest .NET 10 of this machine.
runtime() { dotnet --list-runtimes | sed -n "s/^Microsoft\.$1\.App \(10\.[^ ]*\) \[\(.*\)\]$/\2\/\1/p" | tail -1; }

# precompile FOLDER…: the assemblies of these folders that many processes load, each once, however many folders have it.
precompile() (
    folders=()
    for name in "$@"; do [[ -d "$name" ]] && folders+=("$name"); done
    export crossgen list="$work/crossgen/list" framework="$(runtime NETCore)" web="$(runtime AspNetCore)"
    for name in 'Granary.*' 'granary*' 'Orleans.*' Npgsql Confluent.Kafka 'OpenTelemetry*' 'xunit.v3.*' Shouldly Polly.Core System.CommandLine \
        Spectre.Console CsvHelper Microsoft.OpenApi Microsoft.AspNetCore.OpenApi; do
        find "${folders[@]}" -maxdepth 1 -name "$name.dll" ! -name '*.Tests.dll' ! -name '*.Tests.Plugin.dll'
    done | sort -u | xargs -r -d '\n' sha256sum | sort >"$list"
    cut -d' ' -f1 "$list" | uniq | xargs -P "$(nproc)" -I{} bash -c '
        mapfile -t same < <(sed -n "s/^{}  //p" "$list")
        made="$list-{}.dll"
        "$crossgen" "${same[0]}" -o "$made" -r "$framework/*.dll" -r "$web/*.dll" -r "$(dirname "${same[0]}")/*.dll" -O >/dev/null 2>&1 || exit 0
        for file in "${same[@]}"; do cp "$made" "$file.made" && mv "$file.made" "$file"; done
        rm -f "$made"'
)
