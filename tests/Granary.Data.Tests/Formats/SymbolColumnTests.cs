using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Formats;

/// <summary>A table of several markets is several series, or a question; never one series.</summary>
public sealed class SymbolColumnTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    // The days of B follow those of A, so that order alone does not tell the markets apart.
    private static readonly string[] DaysOfA = ["2024-01-02", "2024-01-03", "2024-01-04"],
        DaysOfB = ["2024-02-01", "2024-02-02", "2024-02-05"];

    /// <summary>A table with {d} for the day, {s} for the symbol, and {o} {h} {l} {c} for 10 12 9 11 of A and 80 90 70 85 of B.</summary>
    private static string Table(string header, string row, string a, string b, string[] daysOfB) => header + "\n"
        + string.Concat(DaysOfA.Select(d => Row(row, d, a, ["10", "12", "9", "11"])))
        + string.Concat(daysOfB.Select(d => Row(row, d, b, ["80", "90", "70", "85"])));

    private static string Row(string row, string day, string symbol, string[] prices) => row.Replace("{d}", day, StringComparison.Ordinal)
        .Replace("{s}", symbol, StringComparison.Ordinal).Replace("{o}", prices[0], StringComparison.Ordinal)
        .Replace("{h}", prices[1], StringComparison.Ordinal).Replace("{l}", prices[2], StringComparison.Ordinal)
        .Replace("{c}", prices[3], StringComparison.Ordinal) + "\n";

    [Theory]
    [InlineData("date,open,high,low,close,volume,Name", "{d},{o},{h},{l},{c},1,{s}", "AAL", "AAPL")]
    [InlineData("PERMNO,date,open,high,low,close,volume", "{s},{d},{o},{h},{l},{c},1", "10001", "10002")]
    [InlineData("PERMNO,date,TICKER,COMNAM,BIDLO,ASKHI,PRC,VOL,OPENPRC", "{s},{d},X,ONE NAME,{l},{h},{c},1,{o}", "10001", "10002")]
    [InlineData("PERMNO,Ticker,DlyCalDt,DlyOpen,DlyHigh,DlyLow,DlyClose,DlyVol", "{s},T,{d},{o},{h},{l},{c},1", "10001", "10002")]
    [InlineData("gvkey,iid,datadate,tic,cshtrd,prccd,prchd,prcld,prcod", "7,01,{d},{s},1,{c},{h},{l},{o}", "GE", "IBM")]
    [InlineData("ts_code,trade_date,open,high,low,close,vol,amount", "{s},{d},{o},{h},{l},{c},1,9", "000001.SZ", "600519.SH")]
    [InlineData("#RIC,Domain,Date-Time,GMT Offset,Open,High,Low,Last,Volume",
        "{s},Market Price,{d}T00:00:00.000000000Z,+0,{o},{h},{l},{c},1",
        "BARC.L", "VOD.L")]
    [InlineData("RptDt;TckrSymb;ISIN;MinPric;MaxPric;TradAvrgPric;LastPric;FrstPric", "{d};{s};BR;{l};{h};9;{c};{o}", "PETR4", "VALE3")]
    [InlineData("SYMBOL,SERIES,OPEN,HIGH,LOW,CLOSE,LAST,PREVCLOSE,TOTTRDQTY,TIMESTAMP,ISIN,", "{s},EQ,{o},{h},{l},{c},1,1,5,{d},IN{s},",
        "RELIANCE", "TCS")]
    [InlineData("TradDt,Sgmt,FinInstrmId,TckrSymb,SctySrs,XpryDt,OpnPric,HghPric,LwPric,ClsPric,LastPric,TtlTradgVol",
        "{d},CM,1,{s},EQ,,{o},{h},{l},{c},1,5", "RELIANCE", "TCS")]
    [InlineData("date,tic,open,high,low,close,volume,day", "{d},{s},{o},{h},{l},{c},1,0", "AXP", "BA")]
    [InlineData("date,contract,open,high,low,close,volume,open_interest", "{d},{s},{o},{h},{l},{c},1,5", "ESH4", "ESM4")]
    [InlineData("Ticker Symbol,Date,Open,High,Low,Close", "{s},{d},{o},{h},{l},{c}", "A", "B")]
    [InlineData("date,code,open,high,low,close,preclose,volume", "{d},{s},{o},{h},{l},{c},1,1", "sh.600000", "sz.000001")]
    [InlineData("日期,股票代码,开盘,收盘,最高,最低,成交量", "{d},{s},{o},{c},{h},{l},1", "000001", "600519")]
    [InlineData("time,open,high,low,close,Name", "{d},{o},{h},{l},{c},{s}", "A", "B")]
    [InlineData("instrument,datetime,$open,$close,$high,$low,$volume,$factor", "{s},{d},{o},{c},{h},{l},1,1", "A", "B")]
    [InlineData("TICKER,Date,PX_OPEN,PX_HIGH,PX_LOW,PX_LAST,PX_VOLUME", "{s},{d},{o},{h},{l},{c},1", "A US Equity", "B US Equity")]
    public async Task Symbol_columns_of_vendors_make_one_market_of_each_symbol(string header, string row, string a, string b)
    {
        foreach (var days in new[] { DaysOfB, DaysOfA })
        {
            _folder.Write("x.csv", Table(header, row, a, b, days));
            var source = new CsvBarSource(_folder.Path);
            (await source.ListSymbolsAsync(Timeframe.D1, TestContext.Current.CancellationToken)).ShouldBe([a, b]);
            await using var second = await source.OpenAsync(new BarQuery(b, Timeframe.D1), TestContext.Current.CancellationToken);
            Read.All(second).Select(bar => (bar.Open, bar.High, bar.Low, bar.Close))
                .ShouldBe(Enumerable.Repeat((80d, 90d, 70d, 85d), 3));
        }
    }

    [Theory]
    [InlineData("date,open,high,low,close,whatever", "{d},{o},{h},{l},{c},{s}", "ONE", "TWO", "whatever")]
    [InlineData("date,open,high,low,close,firm_key", "{d},{o},{h},{l},{c},{s}", "5015", "5016", "firm_key")]
    [InlineData("SYMBOL,EXPIRY_DT,date,open,high,low,close", "NIFTY,{s},{d},{o},{h},{l},{c}", "25-Jan-2024", "29-Feb-2024", "EXPIRY_DT")]
    [InlineData("date,strike,open,high,low,close", "{d},{s},{o},{h},{l},{c}", "100", "105", "strike")]
    public void A_column_that_changes_as_symbols_do_is_asked_about(string header, string row, string a, string b, string column)
    {
        var path = _folder.Write("x.csv", Table(header, row, a, b, DaysOfB));
        Read.Fault(path).ShouldStartWith($"{path}, line 5, {column}: the ");
        Read.Fault(path).ShouldContain($"from '{a}' to '{b}'");
        Read.Fault(path).ShouldContain($"--columns \"symbol={column}\" if it does, --columns \"symbol=\" if not");
        // Both answers are ways through.
        Read.Bars(path, options: new BarFileOptions { Columns = new ColumnMapping { Symbol = column } }, symbol: b).Count.ShouldBe(3);
        Read.Bars(path, options: new BarFileOptions { Columns = new ColumnMapping { Symbol = "" } }).Count.ShouldBe(6);
    }

    [Fact]
    public void A_text_that_changes_far_below_the_first_rows_is_asked_about_too()
    {
        // The start of the file, from which its layout is found, has 64 KB: about 1,500 of these rows.
        var days = Enumerable.Range(0, 4_000).Select(i => new DateTime(2000, 1, 1).AddDays(i).ToString("yyyy-MM-dd"));
        var path = _folder.Write("x.csv", "date,open,high,low,close,whatever\n"
            + string.Concat(days.Select((d, i) => $"{d},10,12,9,11,{(i < 3_000 ? "ONE" : "TWO")}\n")));
        Read.Fault(path).ShouldContain("line 3002, whatever: the text changes from 'ONE' to 'TWO', as a column of symbols does");
        var named = _folder.Write("y.csv", "date,open,high,low,close,Name\n"
            + string.Concat(days.Select((d, i) => $"{d},10,12,9,11,{(i < 3_000 ? "ONE" : "TWO")}\n")));
        Read.Bars(named, symbol: "TWO").Count.ShouldBe(1_000);
    }

    [Theory]
    [InlineData("Weekday,Signal", "Tue,buy", "Wed,hold", "Thu,sell")]
    [InlineData("Dividend,Note", ",", "0.24,paid", ",")]
    [InlineData("Change,Currency", "+1.5%,USD", "-0.3%,USD", "+0.1%,USD")]
    [InlineData("id,Up", "1,true", "2,false", "3,true")]
    [InlineData("year,season", "2023,a", "2024,b", "2024,a")]
    [InlineData("trades,vwap", "105,10.5", "2105,10.6", "317,10.7")]
    public void Columns_that_tell_no_markets_apart_are_passed_over(string names, string first, string second, string third)
    {
        var path = _folder.Write("x.csv", $"Date,Open,High,Low,Close,{names}\n2024-01-02,10,12,9,11,{first}\n"
            + $"2024-01-03,10,12,9,11,{second}\n"
            + $"2024-01-04,10,12,9,11,{third}\n");
        Read.Bars(path).Count.ShouldBe(3);
    }

    [Fact]
    public void One_column_can_be_named_and_the_others_found_by_the_header()
    {
        var path = _folder.Write("x.csv", "Date,Open,High,Low,Close,Fair\n2024-01-02,10,12,9,11,10\n2024-01-03,10,12,9,11,10.5\n");
        Read.Bars(path, options: new BarFileOptions { Columns = new ColumnMapping { Close = "Fair" } }).Select(b => b.Close)
            .ShouldBe([10, 10.5]);
        var headless = _folder.Write("y.csv", "2024-01-02,10,12,9,11\n");
        Read.Fault(headless, options: new BarFileOptions { Columns = new ColumnMapping { Close = "5" } })
            .ShouldContain("without a header the columns of time, open, high, low and close must all be named");
    }

    [Fact]
    public void Rows_of_equal_time_ask_for_the_column_that_may_tell_them_apart_before_they_ask_for_a_sort()
    {
        var path = _folder.Write("x.csv", "date,open,high,low,close,board\n" + string.Concat(DaysOfA.Select(d =>
            $"{d},10,12,9,11,1\n{d},80,90,70,85,2\n")));
        Read.Fault(path).ShouldContain("line 3, date: 2024-01-02 is there twice; if the rows are of several markets, say whether 'board'");
    }

    [Theory]
    [InlineData("Date,Open,High,Low,Close,Volume,52W High", "2024-01-02,1.5,2.5,1.25,2.25,100,3.5")]
    [InlineData("Date,Open,High,Low,Close,Volume,20 EMA", "2024-01-02,1.5,2.5,1.25,2.25,100,3.5")]
    [InlineData("24h Volume,Date,Open,High,Low,Close,Volume", "7,2024-01-02,1.5,2.5,1.25,2.25,100")]
    [InlineData("Date,Open,High,Low,Close,Volume,200", "2024-01-02,1.5,2.5,1.25,2.25,100,3.5")]
    [InlineData("Date,Open,High,Low,Close,Volume,1.5x ATR", "2024-01-02,1.5,2.5,1.25,2.25,100,3.5")]
    public void Names_of_columns_may_begin_with_a_digit(string header, string row) =>
        Read.Bars(_folder.Write("x.csv", header + "\n" + row + "\n"))
            .ShouldBe([new Bar(Read.Utc("2024-01-02"), 1.5, 2.5, 1.25, 2.25, 100)]);
}
