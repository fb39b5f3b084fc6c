using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Tutorials.Tests;

/// <summary>
/// A terminal of a reader: one shell in an empty folder with an empty home, and granary and granary-silo on the path. What a page starts in
/// the background ends with it.
/// </summary>
internal sealed partial class Terminal : IAsyncDisposable
{
    // What pages name as ports of servers; each becomes a free one, since the machine may use it.
    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);
    private readonly string _root = Directory.CreateTempSubdirectory("granary-page-").FullName;
    private readonly Process _shell;
    private int _step;
    private bool _busy;

    public Terminal()
    {
        Directory.CreateDirectory(Folder);
        foreach (var part in (string[])["bin", "home", "log"]) Directory.CreateDirectory(Path.Combine(_root, part));
        Install("granary", $"dotnet {Quoted(Programs.Granary)}");
        Install("granary-silo", $"dotnet {Quoted(Programs.Silo)}");
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add("--noprofile");
        start.ArgumentList.Add("--norc");
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("GRANARY", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = Path.Combine(_root, "home");
        start.Environment["PATH"] = $"{Path.Combine(_root, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        _shell = Process.Start(start)!;
        // As of a terminal that is used by a person: jobs have groups of their own, and $! and jobs work.
        _shell.StandardInput.WriteLine("set -m; trap 'failed=$BASH_COMMAND' ERR");
    }

    public string Folder => Path.Combine(_root, "work");

    /// <summary>The ports that a page names, with those that stand for them here.</summary>
    public string WithOwnPorts(string text) => Port().Replace(text, found =>
    {
        if (!_ports.TryGetValue(found.Value, out var own)) _ports[found.Value] = own = $"{FreePorts.Take()}";
        return own;
    });

    /// <summary>Puts a program on the path.</summary>
    /// <param name="command">What it runs, as a shell writes it.</param>
    public void Install(string program, string command)
    {
        var path = Path.Combine(_root, "bin", program);
        File.WriteAllText(path, $"#!/bin/sh\nexec {command} \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Set(string variable, string value) => _shell.StandardInput.WriteLine($"export {variable}={Quoted(value)}");

    public void Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, WithOwnPorts(text));
    }

    /// <summary>Runs commands and gives what the terminal showed, and the first command that ended with another code than 0.</summary>
    /// <param name="limit">After which commands that have not ended have failed; the terminal then runs no more.</param>
    public async Task<(string Output, string Failed)> RunAsync(string commands, CancellationToken cancel, TimeSpan? limit = null)
    {
        var longest = limit ?? Eventually.LongestWork;
        var (script, output) = (Log(++_step + ".sh"), Log(_step + ".out"));
        await File.WriteAllTextAsync(script, WithOwnPorts(commands), cancel);
        await _shell.StandardInput.WriteLineAsync($"failed=; source {script} </dev/null >{output} 2>&1; echo \"end $failed\"");
        await _shell.StandardInput.FlushAsync(cancel);
        string? end;
        _busy = true;
        try
        {
            end = await _shell.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(longest, cancel);
            _busy = false;
        }
        catch (TimeoutException)
        {
            end = $"end {commands.TrimEnd()} (not ended after {longest.TotalMinutes:0.##} minutes)";
        }
        var printed = File.Exists(output) ? await File.ReadAllTextAsync(output, cancel) : "";
        var failed = end is null ? "the shell ended" : end["end ".Length..];
        return (failed.Length > 0 ? printed + EndsOfFiles() : printed, failed);
    }

    // Commands in the background write to files of the folder, and those say why the terminal shows less than the page.
    private string EndsOfFiles() => string.Concat(Directory.EnumerateFiles(Folder)
        .Where(f => Path.GetExtension(f) is ".log" or ".txt").Order(StringComparer.Ordinal)
        .Select(f => $"\n== {Path.GetFileName(f)}\n{string.Join('\n', File.ReadLines(f).TakeLast(20))}"));

    public async ValueTask DisposeAsync()
    {
        if (_busy)
        {
            // It reads no command. What it started may write for a moment after its end.
            _shell.Kill(entireProcessTree: true);
            await _shell.WaitForExitAsync().WaitAsync(Eventually.Longest);
            await Eventually.HoldsAsync(TryDelete);
        }
        else
        {
            await _shell.StandardInput.WriteLineAsync("for job in $(jobs -p); do kill -9 -- -$job; done 2>/dev/null; wait; exit");
            await _shell.StandardInput.FlushAsync();
            await _shell.WaitForExitAsync().WaitAsync(Eventually.Longest);
            Directory.Delete(_root, recursive: true);
        }
        _shell.Dispose();
    }

    private bool TryDelete()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string Log(string name) => Path.Combine(_root, "log", name);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\b(?:808\d|1111\d|3000\d)\b")]
    private static partial Regex Port();
}
