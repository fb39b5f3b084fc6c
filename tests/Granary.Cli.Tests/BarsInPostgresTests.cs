using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>What a user does with PostgreSQL as a store, from the command line, with a symbol that is meant to do harm.</summary>
public sealed class BarsInPostgresTests : IDisposable
{
    private const string Hostile = "a';drop table granary_bar;--";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bars_are_imported_listed_checked_repaired_exported_and_backtested_with_the_digest_of_the_file()
    {
        await using var server = await PostgresServer.ShareAsync();
        var database = new Npgsql.NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()).Database!;
        var store = server.AddressOf(database);
        async Task<string> Call(params string[] arguments)
        {
            var call = await GranaryCall.RunAsync(arguments);
            call.ExitCode.ShouldBe(0, call.Error);
            return call.Output;
        }
        await Call("data", "generate", "--out", _folder.At("in"), "--symbols", "BTCUSDT", "--timeframe", "1h", "--from", "2024-01-01",
            "--to", "2024-03-01");
        var file = _folder.At("in/1h/BTCUSDT.csv");
        (await Call("data", "import", file, "--store", store, "--symbol", Hostile, "--timeframe",
            "1h")).ShouldContain("1,440 new, 0 changed, 0 known");
        (await Call("data", "import", file, "--store", store, "--symbol", Hostile, "--timeframe",
            "1h")).ShouldContain("0 new, 0 changed, 1,440 known");
        (await Call("data", "import", file, "--store", store, "--symbol", "BTCUSDT", "--timeframe", "1h")).ShouldContain("1,440 new");
        using var list = JsonDocument.Parse(await Call("data", "list", "--store", store, "--json"));
        list.RootElement.EnumerateArray().Select(m => (m.GetProperty("symbol").GetString(), m.GetProperty("count").GetInt64()))
            .ShouldBe([("BTCUSDT", 1440), (Hostile, 1440)], ignoreOrder: true);

        await Call("data", "export", "--store", store, "--symbol", Hostile, "--timeframe", "1h", "--out", _folder.At("out.csv"));
        (await File.ReadAllTextAsync(_folder.At("out.csv"))).ShouldBe(await File.ReadAllTextAsync(file));

        // Rows are deleted by SQL: the catalogue is counted again, and the log says so.
        await server.SqlAsync(database,
            "DELETE FROM bars.granary_bar WHERE market = (SELECT id FROM bars.granary_market WHERE symbol = 'BTCUSDT') AND time >= "
                + "'2024-02-01'");
        (await Call("data", "check", "--store", store, "--symbol", "BTCUSDT", "--timeframe", "1h", "--fix", "--out",
            _folder.At("log"))).ShouldContain("the catalogue is corrected");
        (await File.ReadAllTextAsync(_folder.At("log"))).ShouldContain("the catalogue is corrected");
        (await Call("data", "check", "--store", store, "--symbol", "BTCUSDT", "--timeframe", "1h",
            "--fix")).ShouldContain("nothing had to be changed");

        var digests = new List<string>();
        foreach (var (source, symbol) in new[] { (store, Hostile), ("csv:in", "BTCUSDT") })
        {
            var batch = _folder.Write("b.json",
                JsonSerializer.Serialize(new
                {
                    name = "b",
                    data = new { source, symbols = new[] { symbol }, timeframe = "1h" },
                    strategies = new[] { new { @class = "SmaCross" } }
                }));
            using var outcome = JsonDocument.Parse(await Call("backtest", batch, "--json", "--no-guards", "--out",
                _folder.At("run" + digests.Count)));
            outcome.RootElement.GetProperty("trades").GetInt64().ShouldBeGreaterThan(0);
            // The symbol is part of the digest; the trades' prices are not.
            digests.Add(string.Join('\n', (await File.ReadAllLinesAsync(_folder.At($"run{digests.Count}/trades.csv"))).Skip(1)
                .Select(l => string.Join(',', l.Split(',')[^14..]))));
        }
        digests[0].ShouldBe(digests[1]);
    }

    [Fact]
    public async Task Two_processes_that_open_an_empty_database_at_once_both_import()
    {
        await using var server = await PostgresServer.ShareAsync();
        var database = new Npgsql.NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()).Database!;
        var file = _folder.Write("x.csv", "time,open,high,low,close,volume\n2024-01-01,1,2,0.5,1.5,10\n2024-01-02,1.5,2.5,1,2,11\n");
        var calls = await Task.WhenAll(((string[])["A", "B"]).Select(symbol =>
            GranaryProcess.RunAsync(["data", "import", file, "--store", server.AddressOf(database),
                "--symbol", symbol, "--timeframe", "1d"])));
        foreach (var call in calls) call.ExitCode.ShouldBe(0, call.Error);
        (await server.SqlAsync(database, "SELECT symbol, bars FROM bars.granary_market ORDER BY 1")).Trim().ShouldBe("A|2\nB|2");
        (await server.SqlAsync(database, "SELECT number FROM bars.granary_migration ORDER BY 1")).Trim().ShouldBe("1\n2\n3");
    }
}
