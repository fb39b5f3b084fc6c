using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Formats;

/// <summary>The JSON of services, each with the same two bars of 2024-01-02 and 2024-01-03.</summary>
public sealed class VendorJsonTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    // 1704153600 is 2024-01-02 00:00 UTC, 1704240000 a day later.
    private static readonly Bar First = new(Read.Utc("2024-01-02"), 10.5, 12, 10.25, 11.75, 1000),
        Second = new(Read.Utc("2024-01-03"), 11.75, 12.5, 10.5, 10.75, 2000);

    [Theory]
    // Coinbase: time, low, high, open, close, volume, newest first.
    [InlineData("[[1704240000, 10.5, 12.5, 11.75, 10.75, 2000], [1704153600, 10.25, 12, 10.5, 11.75, 1000]]")]
    // Bitfinex: time, open, close, high, low, volume.
    [InlineData("[[1704153600000,10.5,11.75,12,10.25,1000],[1704240000000,11.75,10.75,12.5,10.5,2000]]")]
    // Gate.io: time, quote volume, close, high, low, open, volume.
    [InlineData("[[\"1704153600\",\"9\",\"11.75\",\"12\",\"10.25\",\"10.5\",\"1000\",\"true\"],"
        + "[\"1704240000\",\"9\",\"10.75\",\"12.5\",\"10.5\",\"11.75\",\"2000\",\"true\"]]")]
    // KuCoin.
    [InlineData("{\"code\":\"200000\",\"data\":[[\"1704240000\",\"11.75\",\"10.75\",\"12.5\",\"10.5\",\"2000\",\"1\"],"
        + "[\"1704153600\",\"10.5\",\"11.75\",\"12\",\"10.25\",\"1000\",\"1\"]]}")]
    // OKX.
    [InlineData("{\"code\":\"0\",\"msg\":\"\","
        + "\"data\":[[\"1704240000000\",\"11.75\",\"12.5\",\"10.5\",\"10.75\",\"2000\",\"1\",\"1\",\"1\"],"
        + "[\"1704153600000\",\"10.5\",\"12\",\"10.25\",\"11.75\",\"1000\",\"1\",\"1\",\"1\"]]}")]
    // Bybit.
    [InlineData("{\"retCode\":0,"
        + "\"result\":{\"category\":\"spot\",\"symbol\":\"X\",\"list\":[[\"1704240000000\",\"11.75\",\"12.5\",\"10.5\","
        + "\"10.75\",\"2000\",\"1\"],[\"1704153600000\",\"10.5\",\"12\",\"10.25\",\"11.75\",\"1000\",\"1\"]]}}")]
    // Tiingo.
    [InlineData("[{\"date\":\"2024-01-02T00:00:00.000Z\",\"close\":11.75,\"high\":12,\"low\":10.25,\"open\":10.5,\"volume\":1000},"
        + "{\"date\":\"2024-01-03T00:00:00.000Z\",\"close\":10.75,\"high\":12.5,\"low\":10.5,\"open\":11.75,\"volume\":2000}]")]
    // Twelve Data.
    [InlineData("{\"meta\":{\"symbol\":\"X\",\"interval\":\"1day\"},\"values\":[{\"datetime\":\"2024-01-03\",\"open\":\"11.75\","
        + "\"high\":\"12.5\",\"low\":\"10.5\",\"close\":\"10.75\",\"volume\":\"2000\"},{\"datetime\":\"2024-01-02\",\"open\":\"10.5\","
        + "\"high\":\"12\",\"low\":\"10.25\",\"close\":\"11.75\",\"volume\":\"1000\"}],\"status\":\"ok\"}")]
    // Financial Modeling Prep.
    [InlineData("{\"symbol\":\"X\",\"historical\":[{\"date\":\"2024-01-03\",\"open\":11.75,\"high\":12.5,\"low\":10.5,\"close\":10.75,"
        + "\"volume\":2000,\"label\":\"January 03, 24\"},{\"date\":\"2024-01-02\",\"open\":10.5,\"high\":12,\"low\":10.25,\"close\":11.75,"
        + "\"volume\":1000,\"label\":\"January 02, 24\"}]}")]
    // CryptoCompare.
    [InlineData("{\"Response\":\"Success\",\"Data\":{\"TimeFrom\":1,\"Data\":[{\"time\":1704153600,\"high\":12,\"low\":10.25,\"open\":10.5,"
        + "\"volumefrom\":1000,\"volumeto\":9,\"close\":11.75},{\"time\":1704240000,\"high\":12.5,\"low\":10.5,\"open\":11.75,"
        + "\"volumefrom\":2000,\"volumeto\":9,\"close\":10.75}]}}")]
    // Upbit.
    [InlineData("[{\"market\":\"KRW-X\",\"candle_date_time_utc\":\"2024-01-03T00:00:00\",\"opening_price\":11.75,\"high_price\":12.5,"
        + "\"low_price\":10.5,\"trade_price\":10.75,\"timestamp\":1704300000001,\"candle_acc_trade_volume\":2000},{\"market\":\"KRW-X\","
        + "\"candle_date_time_utc\":\"2024-01-02T00:00:00\",\"opening_price\":10.5,\"high_price\":12,\"low_price\":10.25,"
        + "\"trade_price\":11.75,\"timestamp\":1704200000001,\"candle_acc_trade_volume\":1000}]")]
    // Finnhub and charting libraries.
    [InlineData("{\"c\":[11.75,10.75],\"h\":[12,12.5],\"l\":[10.25,10.5],\"o\":[10.5,11.75],\"s\":\"ok\",\"t\":[1704153600,1704240000],"
        + "\"v\":[1000,2000]}")]
    // Yahoo's charts: the opens of New York, and a row of nulls for a day without trades.
    [InlineData("{\"chart\":{\"result\":[{\"meta\":{\"symbol\":\"X\",\"exchangeTimezoneName\":\"America/New_York\"},\"timestamp\":"
        + "[1704205800,1704292200,1704378600],\"indicators\":{\"quote\":[{\"open\":[10.5,11.75,null],\"high\":[12,12.5,null],"
        + "\"low\":[10.25,10.5,null],\"close\":[11.75,10.75,null],\"volume\":[1000,2000,null]}]}}],\"error\":null}}")]
    public void Bars_of_services_are_found_wherever_they_lie_and_in_whatever_order(string json) =>
        Read.Bars(_folder.Write("x.json", json)).ShouldBe([First, Second]);

    [Fact]
    public void A_day_of_Sydney_in_a_chart_of_Yahoo_is_dated_by_Sydney() =>
        // 1704236400 is 2024-01-02 23:00 UTC, 10:00 of 3 January in Sydney.
        Read.Bars(_folder.Write("x.json", """
            {"chart":{"result":[{"meta":{"exchangeTimezoneName":"Australia/Sydney"},"timestamp":[1704236400],"indicators":{"quote":
            [{"open":[10],"high":[12],"low":[9],"close":[11],"volume":[5]}]}}],"error":null}}
            """)).ShouldHaveSingleItem().Time.ShouldBe(Read.Utc("2024-01-03"));

    [Fact]
    public async Task Records_of_several_tickers_are_several_markets()
    {
        static string Record(string day, string ticker, int close) =>
            $$"""{"date":"{{day}}","ticker":"{{ticker}}","open":{{close}},"high":{{close}},"low":{{close}},"close":{{close}}}""";
        var path = _folder.Write("x.json",
            $"[{Record("2024-01-02", "A", 10)},{Record("2024-01-03", "A", 11)},{Record("2024-02-02", "B", 80)}]");
        var source = new CsvBarSource(_folder.Path);
        (await source.ListSymbolsAsync(Timeframe.D1, TestContext.Current.CancellationToken)).ShouldBe(["A", "B"]);
        Read.Bars(path, symbol: "A").Select(b => b.Close).ShouldBe([10, 11]);
        Read.Bars(path, symbol: "B").Select(b => b.Close).ShouldBe([80]);
        var unnamed = _folder.Write("y.json", File.ReadAllText(path).Replace("ticker", "thing", StringComparison.Ordinal));
        Read.Fault(unnamed).ShouldContain("record 3 thing: the text changes from 'A' to 'B', as symbols do; say whether 'thing' names");
        Read.Bars(unnamed, options: new BarFileOptions { Columns = new ColumnMapping { Symbol = "thing" } }, symbol: "B").Count.ShouldBe(1);
    }

    [Fact]
    public void Lists_of_different_lengths_and_several_charts_are_refused()
    {
        Read.Fault(_folder.Write("x.json", "{\"t\":[1704153600,1704240000],\"o\":[1],\"h\":[1],\"l\":[1],\"c\":[1]}"))
            .ShouldContain("open: the list has 1 values, and that of the times 2");
        const string One =
            "{\"timestamp\":[1704153600],\"indicators\":{\"quote\":[{\"open\":[1],\"high\":[1],\"low\":[1],\"close\":[1]}]}}";
        Read.Fault(_folder.Write("y.json", $"{{\"chart\":{{\"result\":[{One},{One}]}}}}"))
            .ShouldContain("result: the list holds 2 markets");
    }
}
