using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Testing;
using Npgsql;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>The commands of a page of the runbook that only read, run where its alert fires.</summary>
/// <param name="Server">Address of a server that answers.</param>
/// <param name="Runs">The folder of the runs.</param>
/// <param name="Database">The cluster's database; null if there is none.</param>
internal sealed partial record RunbookPage(HttpClient Server, string Runs, string? Database, Prometheus Prometheus)
{
    /// <summary>Whether a page has commands that run in the long form only.</summary>
    public static bool HasCommandLine(string page) =>
        Span().Matches(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, page))).Any(m => IsCommandLine(m.Groups["text"].Value));

    /// <summary>Runs the commands of a page; one that fails fails the test.</summary>
    /// <param name="page">Such as docs/runbook/down.md.</param>
    /// <param name="account">A session's account.</param>
    /// <returns>The commands that ran, with their answers.</returns>
    public async Task<IReadOnlyList<(string Command, string Answer)>> RunAsync(string page, string account)
    {
        List<(string, string)> ran = [];
        var text = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, page));
        text.ShouldStartWith("# Granary");
        foreach (var span in Span().Matches(text).Select(m => m.Groups["text"].Value).Distinct())
            if (await RunOneAsync(span, account) is { } answer)
            {
                answer.ShouldNotBeNullOrWhiteSpace($"{page}: {span}");
                ran.Add((span, answer));
            }
        return ran;
    }

    // The answer; null if the text is no command, changes something or needs a program that is not here.
    private async Task<string?> RunOneAsync(string span, string account)
    {
        if (span.StartsWith("GET /", StringComparison.Ordinal))
        {
            using var answer = await Server.GetAsync(span[4..]);
            return await answer.Content.ReadAsStringAsync();
        }
        if (span.StartsWith("select ", StringComparison.Ordinal) && !span.Contains("pg_terminate", StringComparison.Ordinal))
            return Database is null ? null : await SelectAsync(span);
        if (span.StartsWith("sum ", StringComparison.Ordinal)) return (await Prometheus.QueryAsync(span)).ToJsonString();
        if (span.StartsWith("du ", StringComparison.Ordinal))
            return Output("bash", "-c", span.Replace("RUNS", Runs, StringComparison.Ordinal));
        return IsCommandLine(span) ? CommandLine(span, account) : null;
    }

    private static bool IsCommandLine(string span) =>
        span.StartsWith("granary ", StringComparison.Ordinal) && span.Contains(" status ", StringComparison.Ordinal);

    private async Task<string> SelectAsync(string query)
    {
        await using var source = NpgsqlDataSource.Create(Database!);
        await using var command = source.CreateCommand(query);
        await using var rows = await command.ExecuteReaderAsync();
        List<string> text = [];
        while (await rows.ReadAsync())
            text.Add(string.Join(" | ", Enumerable.Range(0, rows.FieldCount).Select(i => rows.GetValue(i))
                .Select(v => v is Array a ? string.Join(',', a.Cast<object>()) : $"{v}")));
        return text.Count == 0 ? "no rows" : string.Join('\n', text);
    }

    // A process of two seconds for each: only in the long form.
    private string? CommandLine(string span, string account)
    {
        if (!TestEffort.IsLong) return null;
        var address = $"{Server.BaseAddress}";
        var arguments = span["granary ".Length..].Replace("ACCOUNT", account, StringComparison.Ordinal)
            .Replace("URL", address, StringComparison.Ordinal).Replace("OTHER", address, StringComparison.Ordinal);
        return Output("dotnet", [Programs.Granary, .. arguments.Split(' ')]);
    }

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }

    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Span();
}
