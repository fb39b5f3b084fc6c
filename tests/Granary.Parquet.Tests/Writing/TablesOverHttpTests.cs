using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Api;
using Granary.Api.Hosting;
using Granary.Client;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Parquet.Tests.Writing;

/// <summary>Tables of a run as Arrow streams of the HTTP API.</summary>
public sealed class TablesOverHttpTests(TablesOverHttpTests.Served served) : IClassFixture<TablesOverHttpTests.Served>
{
    private const string Arrow = "application/vnd.apache.arrow.stream";

    /// <summary>A server that has one run. A test that changes its files copies it.</summary>
    public sealed class Served : IAsyncLifetime
    {
        private TypedRun _made = null!;
        private WebApplication _app = null!;

        internal string Run => _made.Folder;

        internal HttpClient Http { get; private set; } = null!;

        internal ApiClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _made = await TypedRun.MakeAsync("search", "\"all\"");
            var folder = Path.GetDirectoryName(_made.Folder)!;
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddGranaryApi(new ApiSettings { DataFolder = folder, Runs = folder }, TestFormats.Catalogues());
            builder.Services.AddLocalJobs(folder, s =>
                new HostedRunner(new EmbeddedHost(1), TimeProvider.System, 1, folder, running: s.GetRequiredService<RunningBatches>()));
            _app = builder.Build();
            _app.UseGranaryApi();
            TestCosts.Count(Started.Server);
            await _app.StartAsync();
            Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
            Client = new ApiClient(Http);
        }

        /// <summary>A copy of the run, which the server lists too.</summary>
        internal string Copy(string name)
        {
            var copy = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Run)!, name)).FullName;
            foreach (var file in Directory.GetFiles(Run)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            return copy;
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await _app.DisposeAsync();
            _made.Dispose();
        }
    }

    [Theory]
    [InlineData("trades")]
    [InlineData("equity")]
    [InlineData("signals")]
    [InlineData("factors")]
    [InlineData("portfolio-trades")]
    public async Task A_table_as_arrow_has_all_rows_of_the_csv_file(string path)
    {
        using var answer = await GetAsync($"{path}?limit=5", Arrow);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(Arrow);
        var (schema, rows) = ArrowTable.ReadStream(await answer.Content.ReadAsStreamAsync());
        var csv = CsvText.Read(Path.Combine(served.Run, path.Replace('-', '_') + ".csv"));
        schema.FieldsList.Select(f => f.Name).ShouldBe(csv.Header);
        rows.Count.ShouldBe(csv.Rows.Count);
        for (var i = 0; i < rows.Count; i++)
            for (var c = 0; c < csv.Header.Length; c++)
                if (!CsvText.IsSame(rows[i][c], csv.Rows[i][c])) Assert.Fail($"row {i}, {csv.Header[c]}");
    }

    [Fact]
    public async Task The_filters_and_the_order_of_the_list_hold_for_arrow()
    {
        var csv = CsvText.Read(Path.Combine(served.Run, "trades.csv"));
        var strategy = csv.Rows[csv.Rows.Count / 2][0];
        await using (var file = await served.Client.Runs.ArrowAsync("run", RunTable.Trades, new RowPart(strategy, "-pnlNet")))
        {
            var (_, rows) = ArrowTable.ReadStream(file.Content);
            rows.Select(r => (string)r[0]!).ShouldAllBe(s => s == strategy);
            rows.Count.ShouldBe(csv.Rows.Count(r => r[0] == strategy));
            rows.Select(r => (double)r[10]!).ShouldBe(rows.Select(r => (double)r[10]!).OrderDescending());
        }
        var signals = CsvText.Read(Path.Combine(served.Run, "signals.csv"));
        await using (var file = await served.Client.Runs.SignalsArrowAsync("run", strategy, decision: "refused"))
            ArrowTable.ReadStream(file.Content).Rows.Count.ShouldBe(signals.Rows.Count(r => r[0] == strategy && r[11] != "accepted"));
        var page = await served.Client.Runs.StrategiesAsync("run", "-sharpe", "trades>=5", limit: 1000);
        await using (var file = await served.Client.Runs.StrategiesArrowAsync("run", "-sharpe", "trades>=5"))
        {
            var (schema, rows) = ArrowTable.ReadStream(file.Content);
            rows.Select(r => r[0]).ShouldBe(page.Items.Select(i => (object)i["id"]!.GetValue<string>()));
            var sharpe = schema.FieldsList.ToList().FindIndex(f => f.Name == "sharpe");
            rows.Select(r => r[sharpe]).ShouldBe(page.Items.Select(i => (object?)i["stats"]!["sharpe"]?.GetValue<double>()));
        }
        await using (var part = await served.Client.Runs.ArrowAsync("run", RunTable.Equity, new RowPart(From: csv.Rows[10][4])))
            ArrowTable.ReadStream(part.Content).Rows.Count
                .ShouldBe((await served.Client.Runs.RowsAsync("run", RunTable.Equity, new RowPart(From: csv.Rows[10][4]), limit: 1)).Total);
    }

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json;q=0.5, application/vnd.apache.arrow.stream", Arrow)]
    [InlineData("application/vnd.apache.arrow.stream;q=0.5, application/json", "application/json")]
    [InlineData("text/html, APPLICATION/VND.APACHE.ARROW.STREAM;q=0.1", Arrow)]
    [InlineData("text/csv", "text/csv")]
    [InlineData("application/vnd.apache.parquet", "application/vnd.apache.parquet")]
    public async Task The_header_accept_chooses_the_format(string accept, string expected)
    {
        using var answer = await GetAsync("trades?limit=1", accept);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(expected);
    }

    [Theory]
    [InlineData("trades")]
    [InlineData("signals")]
    [InlineData("strategies")]
    [InlineData("equity")]
    public async Task Another_type_is_refused_with_the_types_that_there_are(string path)
    {
        using var answer = await GetAsync(path, "text/html");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("detail").GetString()!
            .ShouldStartWith("Accept: text/html: this table is answered as application/json or text/csv or ");
    }

    [Fact]
    public async Task The_view_of_a_list_is_saved_as_csv_and_as_parquet_with_its_filter_and_columns()
    {
        var csv = CsvText.Read(Path.Combine(served.Run, "trades.csv"));
        var gains = csv.Rows.Count(r => double.Parse(r[10], CultureInfo.InvariantCulture) > 0);
        const string View = "trades?filter=pnlNet%3E0&sort=-pnlNet&columns=symbol,pnlNet";
        using (var answer = await GetAsync(View, "text/csv"))
        {
            var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines[0].ShouldBe("symbol,pnl_net");
            lines.Length.ShouldBe(gains + 1);
        }
        // The answer is written straight to the network, which cannot go back; another program reads it.
        using var answered = await GetAsync(View, "application/vnd.apache.parquet");
        var path = Path.Combine(served.Run, "answered.parquet");
        await File.WriteAllBytesAsync(path, await answered.Content.ReadAsByteArrayAsync());
        var (columns, rows) = DuckDbFile.Read(path);
        columns.ShouldBe([("symbol", "VARCHAR"), ("pnl_net", "DOUBLE")]);
        rows.Select(r => (double)r[1]!).ShouldBe(csv.Rows.Select(r => double.Parse(r[10], CultureInfo.InvariantCulture))
            .Where(net => net > 0).OrderDescending());
    }

    [Theory]
    [InlineData("signals?decision=refused&filter=side=long&sort=-price&columns=symbol,price,decision", "symbol,price,decision")]
    [InlineData("equity?from=2020-01-01&columns=time,equity", "time,equity")]
    [InlineData("strategies?filter=trades>0&columns=id,trades", "strategy,trades")]
    public async Task Each_list_is_one_table_in_all_formats(string view, string header)
    {
        var lines = (await (await GetAsync(view, "text/csv")).Content.ReadAsStringAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var path = Path.Combine(served.Run, "one.parquet");
        await File.WriteAllBytesAsync(path, await (await GetAsync(view, "application/vnd.apache.parquet")).Content.ReadAsByteArrayAsync());
        var (columns, rows) = DuckDbFile.Read(path);
        lines[0].ShouldBe(header);
        string.Join(',', columns.Select(c => c.Name)).ShouldBe(header);
        rows.Count.ShouldBe(lines.Length - 1);
        rows.Count.ShouldBeGreaterThan(0);
        var pages = JsonDocument.Parse(await (await GetAsync(view, "application/json")).Content.ReadAsStringAsync());
        pages.RootElement.GetProperty("total").GetInt32().ShouldBe(rows.Count);
    }

    [Fact]
    public async Task A_damaged_file_and_a_missing_one_are_refused_before_the_first_byte()
    {
        var trades = Path.Combine(served.Copy("damaged"), "trades.csv");
        var text = File.ReadAllText(trades);
        File.WriteAllText(trades, text[..text.LastIndexOf(',')] + ",x\n");
        using (var answer = await GetAsync("trades", Arrow, "damaged"))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("column mfe: 'x' is not a number");
        }
        File.Delete(trades);
        using var missing = await GetAsync("trades", Arrow, "damaged");
        missing.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await missing.Content.ReadAsStringAsync()).ShouldContain("this run has no trades.csv");
    }

    private Task<HttpResponseMessage> GetAsync(string path, string accept, string run = "run")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/runs/{run}/{path}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
