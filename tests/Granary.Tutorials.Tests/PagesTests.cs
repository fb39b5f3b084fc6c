using Granary.Testing;

namespace Granary.Tutorials.Tests;

/// <summary>Each tutorial and each how-to page runs to the letter: what it shows is what runs, and what it says is printed.</summary>
public sealed class PagesTests
{
    public static TheoryData<string> Pages => [.. Page.In("tutorials").Concat(Page.In("howto"))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_runs_to_the_letter(string page)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var terminal = new Terminal();
        await PrepareAsync(terminal, page);
        foreach (var step in Page.Steps(Page.Read(page)))
        {
            if (step.File is { } file)
            {
                terminal.Write(file, step.Text);
                continue;
            }
            var (printed, failed) = await terminal.RunAsync(step.Text, cancel);
            if (failed.Length > 0) Assert.Fail($"{page}:{step.Line}: '{failed}' failed and printed:\n{printed}");
            if (step.Output is { } shown && !ShownOutput.Matches(terminal.WithOwnPorts(shown), printed))
                Assert.Fail($"{page}:{step.Line}: the page shows\n{shown}\nand printed was\n{printed}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_one_title_and_names_what_to_read_next(string page)
    {
        var lines = Page.Read(page).Split('\n');
        lines.Count(l => l.StartsWith("# ", StringComparison.Ordinal) && !IsInBlock(lines, l)).ShouldBe(1, page);
        lines.ShouldContain(l => l.Contains("](", StringComparison.Ordinal), page);
    }

    private static bool Starts(string text, string program) => Page.Steps(text).Where(s => s.File is null)
        .SelectMany(s => s.Text.Split('\n')).Any(l => l.StartsWith(program + " ", StringComparison.Ordinal));

    private static bool IsInBlock(string[] lines, string line) =>
        lines.TakeWhile(l => !ReferenceEquals(l, line)).Count(l => l.StartsWith("```", StringComparison.Ordinal)) % 2 == 1;

    // What a page names as its prerequisite: a program, a database, or a Python with pandas.
    private static async Task PrepareAsync(Terminal terminal, string page)
    {
        var text = Page.Read(page);
        var pandas = text.Contains("import pandas", StringComparison.Ordinal);
        foreach (var program in (string[])["curl", "python3"])
            if (Starts(text, program) && !(pandas && program == "python3"))
                OptionalProgram.Require(program, program);
        if (text.Contains("GRANARY_CONNECTION", StringComparison.Ordinal))
        {
            var server = await PostgresServer.ShareAsync();
            terminal.Set("GRANARY_CONNECTION", await server.CreateDatabaseAsync());
        }
        if (!pandas) return;
        // Debian's packages belong to its own Python.
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
            if ((await terminal.RunAsync($"{python} -c 'import pandas'", TestContext.Current.CancellationToken)).Failed.Length == 0)
            {
                if (python != "python3") terminal.Install("python3", python);
                // The shell remembers where it found a program.
                await terminal.RunAsync("hash -r", TestContext.Current.CancellationToken);
                return;
            }
        Assert.Skip("needs Python with pandas, which this machine does not have; on Debian: apt-get install python3-pandas");
    }
}
