using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Client;
using Granary.Contracts.Jobs;
using Granary.Contracts.MarketData;
using Granary.Contracts.Runs;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>The stores of the data folder over HTTP, filled by real imports.</summary>
public sealed class DataOverHttpTests(DataOverHttpTests.Imported imported) : IClassFixture<DataOverHttpTests.Imported>
{
    /// <summary>A server with two stores, for tests that only ask.</summary>
    public sealed class Imported : IAsyncLifetime
    {
        internal ApiServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static async Task<ApiServer> StartAsync()
    {
        var server = await ApiServer.StartAsync(parts: ServerParts.RealHost, settings: s => s with { Confined = true });
        File.Copy(Path.Combine(s_bars, "COINUSDT.csv"), Path.Combine(server.Folder, "COINUSDT.csv"));
        var lines = File.ReadAllLines(Path.Combine(s_bars, "COINUSDT.csv")).ToList();
        // A day that is missing, and a close that is another.
        lines.RemoveRange(49, 24);
        var cells = lines[10].Split(',');
        cells[4] = cells[3];
        lines[10] = string.Join(',', cells);
        await File.WriteAllLinesAsync(Path.Combine(server.Folder, "OTHER.csv"), lines);
        await ImportAsync(server, "COINUSDT.csv", "stores/first");
        await ImportAsync(server, "OTHER.csv", "stores/second");
        return server;
    }

    private static async Task ImportAsync(ApiServer server, string file, string store)
    {
        using var answer = await server.Client.PostAsJsonAsync("/api/v1/jobs",
            new { kind = "import", files = file, store, symbol = "COINUSDT", timeframe = "1h" });
        var job = await answer.ReadAsync<JobStatus>();
        (await Eventually.IsAsync(async () =>
        {
            using var status = await server.Client.GetAsync($"/api/v1/jobs/{job.Id}");
            return await status.ReadAsync<JobStatus>();
        }, s => s.Ended)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task Stores_of_the_data_folder_are_listed_with_their_markets()
    {
        var server = imported.Server;
        var stores = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/data");
        stores.EnumerateArray().Select(s => s.GetProperty("store").GetString()).ShouldBe(["stores/first", "stores/second"]);
        var market = stores[0].GetProperty("markets").EnumerateArray().Single();
        (market.GetProperty("symbol").GetString(), market.GetProperty("timeframe").GetString()).ShouldBe(("COINUSDT", "1h"));
        market.GetProperty("bars").GetInt64().ShouldBe(File.ReadLines(Path.Combine(s_bars, "COINUSDT.csv")).Count() - 1);
        market.GetProperty("first").GetDateTime().ShouldBe(new DateTime(2022, 1, 1));
    }

    [Fact]
    public async Task Bar_files_are_listed_with_their_bars_and_what_is_odd_and_a_changed_file_is_read_again()
    {
        await using var server = await StartAsync();
        Directory.CreateDirectory(Path.Combine(server.Folder, "more"));
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "more", "notes.txt"), "no bars");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "more", "table.csv"), "a,b\nx,y\n");
        var page = await FilesAsync("");
        page.Items.Select(f => (f.File, f.Source, f.Symbol)).ShouldBe([("COINUSDT.csv", "csv:.", "COINUSDT"),
            ("OTHER.csv", "csv:.", "OTHER"), ("more/table.csv", "csv:more", "table")]);
        var (whole, other, table) = (page.Items[0], page.Items[1], page.Items[2]);
        var rows = Rows(await File.ReadAllTextAsync(Path.Combine(s_bars, "COINUSDT.csv")));
        (whole.Timeframe, whole.Bars, whole.First, whole.Last).ShouldBe(("1h", rows.Count, rows[0].Time, rows[^1].Time));
        whole.Bytes.ShouldBe(new FileInfo(Path.Combine(s_bars, "COINUSDT.csv")).Length);
        (other.Bars, other.Severity is null, other.Odd is null).ShouldBe((rows.Count - 24, false, false));
        (table.Bars, table.Severity).ShouldBe((0, "Error"));
        table.Odd.ShouldNotBeNull().ShouldNotContain(server.Folder);

        (await FilesAsync("?sort=-findings")).Items[0].File.ShouldBe("more/table.csv");
        (await FilesAsync("?search=coin")).Items.Single().ShouldBe(whole);
        var second = await FilesAsync("?limit=1&cursor=1");
        (second.Items.Single().File, second.Total, second.Next).ShouldBe(("OTHER.csv", 3, "2"));

        var path = Path.Combine(server.Folder, "COINUSDT.csv");
        var lines = await File.ReadAllLinesAsync(path);
        await File.WriteAllLinesAsync(path, lines[..^1]);
        (await FilesAsync("?search=coin")).Items.Single().Last.ShouldBe(rows[^2].Time);
        using var wrong = await server.Client.GetAsync("/api/v1/data/files?sort=size");
        (await wrong.ProblemAsync(400)).ShouldContain("sort=size: write one of file, symbol");

        // The files are read in the background: the list is whole when none waits.
        Task<BarFilePage> FilesAsync(string query) => Eventually.IsAsync(
            async () => (await server.Client.GetFromJsonAsync<BarFilePage>("/api/v1/data/files" + query))!, p => p.Waiting == 0);
    }

    [Fact]
    public async Task Coverage_counts_the_bars_of_each_day_and_names_missing_days()
    {
        var server = imported.Server;
        var whole = await CoverageAsync("stores/first");
        (whole.GetProperty("from").GetString(), whole.GetProperty("usual").GetInt32(), whole.GetProperty("zone").GetString())
            .ShouldBe(("2022-01-01", 24, "UTC"));
        whole.GetProperty("counts").EnumerateArray().Take(10).ShouldAllBe(c => c.GetInt32() == 24);
        whole.GetProperty("missing").GetArrayLength().ShouldBe(0);
        whole.GetProperty("short").GetArrayLength().ShouldBe(0);
        whole.TryGetProperty("calendar", out _).ShouldBeFalse();
        var cut = await CoverageAsync("stores/second");
        cut.GetProperty("counts").EnumerateArray().Select(c => c.GetInt32()).Take(4).ShouldBe([24, 24, 0, 24]);
        cut.GetProperty("missing")[0].GetString().ShouldBe("2022-01-03");

        async Task<JsonElement> CoverageAsync(string store) => await server.Client.GetFromJsonAsync<JsonElement>(
            $"/api/v1/data/coverage?store={store}&symbol=COINUSDT&timeframe=1h");
    }

    [Fact]
    public async Task Quality_finds_the_gap_and_a_comparison_the_bar_that_differs()
    {
        var server = imported.Server;
        var findings = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/data/quality?store=stores/second&timeframe=1h");
        var gap = findings.EnumerateArray().First(f => f.GetProperty("check").GetString() == "Gap");
        (gap.GetProperty("symbol").GetString(), gap.GetProperty("remedy").GetString()!.Length > 0).ShouldBe(("COINUSDT", true));

        var compared = await server.Client.GetFromJsonAsync<JsonElement>(
            "/api/v1/data/compare?a=stores/first&b=stores/second&symbol=COINUSDT&timeframe=1h");
        var result = compared.GetProperty("result");
        (result.GetProperty("onlyInA").GetInt64(), result.GetProperty("onlyInB").GetInt64()).ShouldBe((24, 0));
        compared.GetProperty("total").GetInt32().ShouldBe(result.GetProperty("disagreements").GetArrayLength());
        result.GetProperty("disagreements").EnumerateArray().Count(d => d.GetProperty("field").GetString() == "close").ShouldBe(1);
    }

    [Fact]
    public async Task Bars_of_a_store_are_those_of_its_file_at_each_timeframe_and_length()
    {
        var server = imported.Server;
        using var client = new ApiClient(server.Address);
        var file = Rows(File.ReadAllText(Path.Combine(s_bars, "COINUSDT.csv")));
        Same(await BarsAsync("1h", 20_000), file);
        Same(await client.Data.BarsAsync("stores/first", "COINUSDT", "1h", "2022-01-03", "2022-01-05T00:00:00Z"),
            [.. file.Skip(48).Take(48)]);
        foreach (var (timeframe, hours) in ((string, int)[])[("4h", 4), ("1d", 24)])
            Same(await BarsAsync(timeframe, 20_000), [.. file.GroupBy(r => r.Time.Ticks / (TimeSpan.TicksPerHour * hours))
                .Where(g => g.Count() == hours).Select(Joined)]);

        var few = await BarsAsync("1h", 100);
        (few.Rows, few.Times.Count, few.Open[0], few.Close[^1]).ShouldBe((file.Count, 100, file[0].Values[0], file[^1].Values[3]));
        (few.High.Max(), few.Low.Min()).ShouldBe((file.Max(r => r.Values[1]), file.Min(r => r.Values[2])));
        few.Volume.Sum().ShouldBe(file.Sum(r => r.Values[4]), 1e-6 * few.Volume.Sum());

        await using var whole = await client.Data.FileAsync("stores/first", "COINUSDT", "1h");
        using var text = new StreamReader(whole.Content);
        Rows(await text.ReadToEndAsync()).Select(r => (r.Time, string.Join(' ', r.Values))).ShouldBe(
            file.Select(r => (r.Time, string.Join(' ', r.Values))));

        Task<RunBars> BarsAsync(string timeframe, int limit) =>
            client.Data.BarsAsync("stores/first", "COINUSDT", timeframe, limit: limit);

        static (DateTime Time, double[] Values) Joined(IEnumerable<(DateTime Time, double[] Values)> rows)
        {
            var all = rows.ToList();
            return (all[0].Time, [all[0].Values[0], all.Max(r => r.Values[1]), all.Min(r => r.Values[2]), all[^1].Values[3],
                all.Sum(r => r.Values[4])]);
        }

        static void Same(RunBars bars, IReadOnlyList<(DateTime Time, double[] Values)> rows)
        {
            bars.Times.ShouldBe(rows.Select(r => r.Time));
            bars.Open.ShouldBe(rows.Select(r => r.Values[0]));
            bars.High.ShouldBe(rows.Select(r => r.Values[1]));
            bars.Low.ShouldBe(rows.Select(r => r.Values[2]));
            bars.Close.ShouldBe(rows.Select(r => r.Values[3]));
            for (var i = 0; i < rows.Count; i++) bars.Volume[i].ShouldBe(rows[i].Values[4], 1e-9 * rows[i].Values[4]);
        }
    }

    // time,open,high,low,close,volume
    private static List<(DateTime Time, double[] Values)> Rows(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.TrimEnd('\r').Split(',')).Select(c =>
            (DateTime.Parse(c[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
                c.Skip(1).Take(5).Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()))];

    [Theory]
    [InlineData("bars?store=stores/first&symbol=COINUSDT&timeframe=30m", "COINUSDT")]
    [InlineData("bars?store=stores/first&symbol=COINUSDT&timeframe=1h&limit=3", "ask for 4 to 20,000")]
    [InlineData("bars?store=../elsewhere&symbol=COINUSDT&timeframe=1h", "leads out of the server's data folder")]
    [InlineData("file?store=../elsewhere&symbol=COINUSDT&timeframe=1h", "leads out of the server's data folder")]
    [InlineData("coverage?store=../elsewhere&symbol=COINUSDT&timeframe=1h", "leads out of the server's data folder")]
    [InlineData("quality?store=store:/etc&timeframe=1h", "leads out of the server's data folder")]
    [InlineData("compare?a=stores/first&b=/etc&symbol=COINUSDT&timeframe=1h", "leads out of the server's data folder")]
    [InlineData("quality?store=postgres://db/bars&timeframe=1h", "leads out of the server's data folder")]
    [InlineData("coverage?store=stores/first&symbol=COINUSD&timeframe=1h", "did you mean COINUSDT?")]
    [InlineData("coverage?store=stores/first&symbol=COINUSDT&timeframe=1x", "timeframe=1x: use one of")]
    [InlineData("compare?a=stores/first&b=stores/second&symbol=COINUSDT&timeframe=1h&tolerance=-1", "ask for 0 or more")]
    public async Task A_wrong_question_is_answered_with_a_sentence(string question, string sentence)
    {
        var server = imported.Server;
        using var answer = await server.Client.GetAsync("/api/v1/data/" + question);
        (await answer.ProblemAsync(400)).ShouldContain(sentence);
    }
}
