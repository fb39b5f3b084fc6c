using System.Globalization;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Tests;

/// <summary>Answers are small, and their pages have every row once.</summary>
public sealed class AnswersTests(ServedAssistants served)
{
    [Fact]
    public async Task A_run_of_hundreds_of_strategies_is_read_in_small_pages_that_have_each_row_once()
    {
        await using var client = await served.ClientAsync();
        var run = await client.RunAsync(Calls.Batch("many", fast: "[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]", slow: "[20, 25, 30, 35, 40, 45, 50, 60, 70, 80]"));
        var folder = Path.Combine(served.Folder, "runs", run);
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "results.json")))!["strategies"]!.AsArray()
            .OrderByDescending(s => s!["stats"]!["totalReturn"]!.GetValue<double>()).Select(s => s!["id"]!.GetValue<string>()).ToList();
        var read = new List<string>();
        string? cursor = null;
        do
        {
            var result = await client.CallAsync("get_results", ("run", run), ("sort", "-totalReturn"), ("limit", 50), ("cursor", cursor ?? "0"));
            SizeOf(result).ShouldBeLessThan(40_000);
            var page = JsonNode.Parse(result.StructuredContent!.Value.GetRawText())!;
            page["total"]!.GetValue<int>().ShouldBe(120);
            read.AddRange(page["strategies"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()));
            cursor = page["next"]?.GetValue<string>();
            // A run that ends in between moves no row.
            if (read.Count == 50) await client.RunAsync(Calls.Batch("between"));
        }
        while (cursor is not null);
        read.ShouldBe(expected);

        var trades = File.ReadAllLines(Path.Combine(folder, "trades.csv"))[1..];
        var (count, profit) = (0, 0.0);
        cursor = null;
        do
        {
            var page = await client.DoneAsync("list_trades", ("run", run), ("limit", 100), ("cursor", cursor ?? "0"));
            foreach (var trade in page["trades"]!.AsArray()) (count, profit) = (count + 1, profit + trade!["pnlNet"]!.GetValue<double>());
            cursor = count < 1000 ? page["next"]?.GetValue<string>() : null;
            page["total"]!.GetValue<int>().ShouldBe(trades.Length);
        }
        while (cursor is not null);
        // Numbers have six digits.
        var first = trades.Take(count).Sum(t => double.Parse(Cells(t)[10], CultureInfo.InvariantCulture));
        profit.ShouldBe(first, tolerance: Math.Abs(first) * 1e-4 + count * 1e-2);
    }

    [Fact]
    public async Task The_longest_answers_stay_below_a_limit()
    {
        await using var client = await served.ClientAsync();
        var run = await client.RunAsync(Calls.Batch("long answers", fast: "[3, 5, 8]", slow: "[20, 40]"));
        foreach (var (tool, arguments) in new (string, (string, object?)[])[]
        {
            ("list_catalogue", [("kind", "factors"), ("limit", 100)]), ("list_catalogue", [("kind", "metrics"), ("limit", 100)]),
            ("get_batch_schema", []), ("get_batch_schema", [("section", "learning")]), ("get_batch_schema", [("section", "portfolio")]),
            ("read_docs", [("page", "metrics")]), ("read_docs", [("limit", 100)]), ("get_verdict", [("run", run)]),
            ("list_trades", [("run", run), ("limit", 100)]), ("list_signals", [("run", run), ("limit", 100)]),
            ("list_runs", [("limit", 100)]), ("list_jobs", [("limit", 100)]), ("explain", [("term", "sharpe")]),
        })
            SizeOf(await client.CallAsync(tool, arguments)).ShouldBeLessThan(60_000, tool);
    }

    [Fact]
    public async Task A_page_of_the_documentation_is_read_whole_in_parts()
    {
        await using var client = await served.ClientAsync();
        var text = "";
        string? cursor = null;
        do
        {
            var part = await client.DoneAsync("read_docs",
                cursor is null ? [("page", "batch-file")] : [("page", "batch-file"), ("cursor", cursor)]);
            text += part["text"]!.GetValue<string>();
            cursor = part["next"]?.GetValue<string>();
        }
        while (cursor is not null);
        text.ShouldBe(File.ReadAllText(Path.Combine(Testing.SharedData.RepositoryRoot, "docs", "batch-file.md")));
    }

    private static int SizeOf(CallToolResult result) => result.Text().Length + result.StructuredContent!.Value.GetRawText().Length;

    // Only the first column has commas within quotes.
    private static string[] Cells(string line) =>
        line.StartsWith('"') ? [line[..(line.LastIndexOf('"') + 1)], .. line[(line.LastIndexOf('"') + 2)..].Split(',')] : line.Split(',');
}
