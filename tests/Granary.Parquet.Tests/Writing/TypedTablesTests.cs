using Granary.Parquet.Writing;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;
using Granary.Trading.Tables;

namespace Granary.Parquet.Tests.Writing;

/// <summary>The typed tables of whole runs, read back by other programs.</summary>
public sealed class TypedTablesTests
{
    [Theory]
    [InlineData("quickstart", "signals,trades,equity,factors,portfolio_fills")]
    [InlineData("search", "trials,allocations")]
    [InlineData("walkforward", "windows,stressed_trades")]
    [InlineData("learning", "predictions,model_log,model_decisions")]
    [InlineData("adaptive", "weights")]
    public async Task The_tables_of_a_run_have_the_values_of_its_csv_files_and_an_export_has_the_bytes_of_the_run(string sample,
        string expected)
    {
        using var run = await TypedRun.MakeAsync(sample);
        run.Tables.ShouldBeSubsetOf(KnownTables.Names);
        expected.Split(',').ShouldBeSubsetOf(run.Tables);
        foreach (var name in run.Tables)
        {
            var csv = CsvText.Read(Path.Combine(run.Folder, name + ".csv"));
            var (columns, rows) = DuckDbFile.Read(Path.Combine(run.Folder, name + ".parquet"));
            Compare(csv, [.. columns.Select(c => c.Name)], rows, name);
        }
        var exported = Export(run.Folder, new ParquetFormat(), Path.Combine(run.Folder, "again"));
        exported.ConvertAll(Path.GetFileName)
            .ShouldBe(Directory.EnumerateFiles(run.Folder, "*.parquet").Select(p => Path.GetFileName(p)), ignoreOrder: true);
        foreach (var path in exported)
            File.ReadAllBytes(path).ShouldBe(File.ReadAllBytes(Path.Combine(run.Folder, Path.GetFileName(path))), path);
        var arrows = Path.Combine(run.Folder, "arrows");
        foreach (var path in Export(run.Folder, new ArrowFormat(), arrows))
        {
            if (Path.GetFileNameWithoutExtension(path) is var name && name == StrategyTable.Name) continue;
            var (schema, rows) = ArrowTable.ReadFile(path);
            Compare(CsvText.Read(Path.Combine(run.Folder, name + ".csv")), [.. schema.FieldsList.Select(f => f.Name)], rows, name);
        }
    }

    [Fact]
    public async Task Parquet_alone_writes_all_tables_without_csv_and_with_names_of_tables_both()
    {
        using var all = await TypedRun.MakeAsync("search", """["parquet"]""");
        all.Tables.ShouldBeEmpty();
        File.Exists(Path.Combine(all.Folder, "results.json")).ShouldBeFalse();
        using var some = await TypedRun.MakeAsync("search", """["results", "trades", "parquet"]""");
        some.Tables.ShouldBe(["trades", "trials"]);
        Directory.EnumerateFiles(some.Folder, "*.parquet").Select(p => Path.GetFileName(p))
            .ShouldBe(["strategies.parquet", "trades.parquet", "trials.parquet"], ignoreOrder: true);
        foreach (var file in (string[])["trades.parquet", "trials.parquet", "strategies.parquet"])
            File.ReadAllBytes(Path.Combine(some.Folder, file)).ShouldBe(File.ReadAllBytes(Path.Combine(all.Folder, file)), file);
    }

    [Fact]
    public async Task A_session_of_the_configuration_of_such_a_run_writes_csv_and_parquet()
    {
        using var run = await TypedRun.MakeAsync("search", """["prod", "parquet"]""");
        var production = new BatchReader(TestFormats.Catalogues()).Read(Path.Combine(run.Folder, "prod.json"));
        production.OutputFormats.Select(f => f.Extension).ShouldBe([".csv", ".parquet"]);
    }

    [Fact]
    public async Task The_columns_have_types_that_duckdb_computes_with()
    {
        using var run = await TypedRun.MakeAsync("search", """["trades", "parquet"]""");
        var (columns, _) = DuckDbFile.Read(Path.Combine(run.Folder, "trades.parquet"));
        columns.ToDictionary(c => c.Name, c => c.Type).ShouldBe(new Dictionary<string, string>
        {
            ["strategy"] = "VARCHAR",
            ["symbol"] = "VARCHAR",
            ["side"] = "VARCHAR",
            ["quantity"] = "DOUBLE",
            ["entry_time"] = "TIMESTAMP WITH TIME ZONE",
            ["entry_price"] = "DOUBLE",
            ["exit_time"] = "TIMESTAMP WITH TIME ZONE",
            ["exit_price"] = "DOUBLE",
            ["pnl"] = "DOUBLE",
            ["commission"] = "DOUBLE",
            ["pnl_net"] = "DOUBLE",
            ["return"] = "DOUBLE",
            ["bars"] = "BIGINT",
            ["exit_reason"] = "VARCHAR",
            ["weight"] = "DOUBLE",
            ["model"] = "VARCHAR",
            ["carry"] = "DOUBLE",
            ["mae"] = "DOUBLE",
            ["mfe"] = "DOUBLE",
        });
    }

    private static void Compare(CsvText csv, IReadOnlyList<string> names, IReadOnlyList<object?[]> rows, string table)
    {
        names.ShouldBe(csv.Header, table);
        rows.Count.ShouldBe(csv.Rows.Count, table);
        for (var i = 0; i < rows.Count; i++)
            for (var c = 0; c < names.Count; c++)
                if (!CsvText.IsSame(rows[i][c], csv.Rows[i][c]))
                    Assert.Fail($"{table}, row {i + 1}, {names[c]}: {rows[i][c]} beside {csv.Rows[i][c]}");
    }

    private static List<string> Export(string folder, IOutputFormat format, string output) => [.. TableExport.Write(folder,
        TableExport.SourcesOf([.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!)], null), format, output)];
}
