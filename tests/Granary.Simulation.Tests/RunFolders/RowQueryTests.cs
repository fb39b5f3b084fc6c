using System.Globalization;
using System.Text;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Tests.RunFolders;

public sealed class RowQueryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-rows-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("007")]
    [InlineData("1e5")]
    [InlineData("NaN")]
    public void A_symbol_and_a_model_that_look_like_numbers_stay_texts(string name)
    {
        var path = Path.Combine(_folder, "trades.csv");
        File.WriteAllText(path, $"strategy,symbol,model,quantity\nA@{name}:1d,{name},{name},007\n");

        foreach (var sort in (string?[])[null, "symbol"])
        {
            var row = new RowQuery(10) { Sort = sort }.Of(path).Items.ShouldHaveSingleItem();
            ((string?)row["symbol"], (string?)row["model"], (double?)row["quantity"]).ShouldBe((name, name, 7));
        }
    }

    [Theory]
    [InlineData("symbol=ACME", "0 2 3")]
    [InlineData("side=short,pnlNet>0", "3")]
    [InlineData("entryTime>=2022-01-02,entryTime<2022-01-04", "1 2")]
    [InlineData("entryTime~01-02", "1")]
    [InlineData("strategy~b@", "2 3")]
    [InlineData("exitReason!=stop", "0 3")]
    [InlineData("bars<=2", "0 2")]
    public void Conditions_on_numbers_texts_and_times_narrow_the_rows_and_their_file(string filter, string rows)
    {
        var path = Trades();
        var query = new RowQuery(10) { Filter = filter };
        var found = query.Of(path, null, new RowIndexes()).Items.Select(r => (double)r["pnl"]!);
        string.Join(' ', found.Select(v => v.ToString(CultureInfo.InvariantCulture))).ShouldBe(rows);
        using var csv = new MemoryStream();
        query.TableOf(RowText.OfFile(path), KnownColumns).Choose(["pnl", "entryTime"]).Write(CsvFormat.Instance, csv);
        var lines = Encoding.UTF8.GetString(csv.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("entry_time,pnl");
        lines.Skip(1).Select(l => l.Split(',')[1]).ShouldBe(rows.Split(' '));
    }

    [Theory]
    [InlineData("synbol=ACME", "did you mean 'symbol'?")]
    [InlineData("bars>=many", "a number is needed")]
    [InlineData("entryTime>yesterday", "is not a date")]
    [InlineData("side<long", "texts are compared by =, != and ~")]
    [InlineData("bars", "write a key")]
    public void A_wrong_condition_is_refused_with_the_remedy(string filter, string remedy) =>
        Should.Throw<InputException>(() => new RowQuery(10) { Filter = filter }.Of(Trades())).Message.ShouldContain(remedy);

    [Theory]
    [InlineData(null, "2022-01-03", 2)]
    [InlineData("-entryTime", "2022-01-03", 1)]
    [InlineData("entryTime", "2022-01-02T12:00:00Z", 2)]
    [InlineData("entryTime", "2030-01-01", 3)]
    [InlineData("-exitTime", "2022-01-08", 1)]
    public void A_jump_to_a_time_begins_the_page_there(string? sort, string at, int position)
    {
        var query = new RowQuery(2) { Sort = sort, At = UtcTicks.Read("at", at) };
        var (path, indexes) = (Trades(), new RowIndexes());
        var page = query.Of(path, null, indexes);
        page.Position.ShouldBe(position);
        page.Total.ShouldBe(4);
        var all = query with { At = null, Limit = 10 };
        var rest = all.Of(path, null, indexes).Items.Skip(position).Take(2);
        page.Items.Select(i => i.ToJsonString()).ShouldBe(rest.Select(i => i.ToJsonString()));
        // The page after it goes on from there.
        (query with { Cursor = "1" }).Of(path, null, indexes).Position.ShouldBe(1);
    }

    [Theory]
    [InlineData("value", "-10 -2 -0 0 3 1e5 A B nothing")]
    [InlineData("-value", "B A 1e5 3 -0 0 -2 -10 nothing")]
    public void Rows_are_sorted_by_numbers_then_texts_and_those_without_a_value_come_last(string sort, string expected)
    {
        var path = Path.Combine(_folder, "values.csv");
        File.WriteAllText(path, "strategy,value,name\nS,3,3\nS,,nothing\nS,B,B\nS,-2,-2\nS,1e5,1e5\nS,-0,-0\nS,A,A\nS,-10,-10\nS,0,0\n");
        var names = new RowQuery(10) { Sort = sort }.Of(path).Items.Select(r => r["name"]!.ToJsonString().Trim('"'));
        string.Join(' ', names).ShouldBe(expected.Replace("1e5", "100000", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_in_memory_are_a_list_as_those_of_a_file_and_the_older_half_goes_where_there_are_too_many()
    {
        var table = new TableDefinition<int>().Whole("number", i => i).Time("time", i => new DateTime(2022, 1, 1).AddDays(i).Ticks)
            .Text("text", i => $"=1+{i}, \"{i}\"");
        using var rows = new RowBuffer<int>("the list", table, most: 200_000);
        for (var i = 0; i < 10; i++) rows.Add(i);
        var before = rows.Text();
        var query = new RowQuery(3) { Sort = "-number", Filter = "number<8,text~+", At = UtcTicks.Read("at", "2022-01-06") };
        query.Of(before).ShouldSatisfyAllConditions(p => p.Total.ShouldBe(8),
            p => p.Items.Select(r => (string)r["text"]!).ShouldBe(["=1+7, \"7\"", "=1+6, \"6\"", "=1+5, \"5\""]));
        for (var i = 10; i < 20_000; i++) rows.Add(i);
        // A list that was taken stays as it was.
        new RowQuery(20).Of(before).Total.ShouldBe(10);
        var left = new RowQuery(20_000).Of(rows.Text());
        ((double)left.Items[^1]["number"]!).ShouldBe(19_999);
        left.Items.Select(r => (int)(double)r["number"]!).ShouldBe(Enumerable.Range(20_000 - left.Total, left.Total));
        left.Total.ShouldBeInRange(2_000, 7_000);
    }

    [Fact]
    public void A_jump_behind_the_last_signal_shows_the_last_one()
    {
        var path = Path.Combine(_folder, "signals.csv");
        File.WriteAllText(path, "strategy,symbol,time,decision,pnl_net\nA,ACME,2022-01-01T00:00:00Z,accepted,1\n"
            + "A,ACME,2022-01-02T00:00:00Z,accepted,2\n");
        var page = new SignalQuery(new RowQuery(10) { At = UtcTicks.Read("at", "2030-01-01") }).Of(path);
        (page.Position, page.Total, page.Next).ShouldBe((1, 2, null));
        page.Items.Single()["pnlNet"]!.GetValue<double>().ShouldBe(2);
    }

    [Fact]
    public void Signals_without_decisions_are_reported_as_a_column_that_is_missing()
    {
        var path = Path.Combine(_folder, "signals.csv");
        File.WriteAllText(path, "strategy,symbol,time\nA,ACME,2022-01-01T00:00:00Z\n");
        Should.Throw<InputException>(() => new SignalQuery(new RowQuery(10)).Of(path)).Message
            .ShouldBe("signals.csv has no column 'decision'; run the batch again");
    }

    [Fact]
    public void A_file_that_has_changed_is_read_again()
    {
        var (path, indexes, query) = (Trades(), new RowIndexes(), new RowQuery(10) { Sort = "pnl" });
        query.Of(path, null, indexes).Total.ShouldBe(4);
        File.AppendAllText(path, "\"A(x=1,y=2)@NEW:1d\",NEW,long,2022-02-01T00:00:00Z,2022-02-02T00:00:00Z,9,1,9,stop\n");
        query.Of(path, null, indexes).Total.ShouldBe(5);
    }

    private static CsvSchema KnownColumns { get; } = new([new("strategy", ColumnType.Word), new("symbol", ColumnType.Word),
        new("side", ColumnType.Word), new("entry_time", ColumnType.Time), new("exit_time", ColumnType.Time), new("pnl", ColumnType.Number),
        new("pnl_net", ColumnType.Number), new("bars", ColumnType.Whole), new("exit_reason", ColumnType.Word)]);

    private string Trades()
    {
        var path = Path.Combine(_folder, "trades.csv");
        File.WriteAllText(path, """
            strategy,symbol,side,entry_time,exit_time,pnl,pnl_net,bars,exit_reason
            "A(x=1,y=2)@ACME:1d",ACME,long,2022-01-01T00:00:00Z,2022-01-09T00:00:00Z,0,-1,1,signal
            "A(x=1,y=2)@BOLT:1d",BOLT,short,2022-01-02T00:00:00Z,2022-01-08T00:00:00Z,1,-2,3,stop
            "B@ACME:1d",ACME,long,2022-01-03T00:00:00Z,2022-01-07T00:00:00Z,2,3,2,stop
            "B@ACME:1d",ACME,short,2022-01-04T00:00:00Z,2022-01-06T00:00:00Z,3,4,4,signal

            """);
        return path;
    }
}
