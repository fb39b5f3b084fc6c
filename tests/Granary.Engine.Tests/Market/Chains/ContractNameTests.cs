using Granary.Engine.Market.Chains;

namespace Granary.Engine.Tests.Market.Chains;

public sealed class ContractNameTests
{
    [Theory]
    [InlineData("ESZ22", "ES", 2022, 12, 0)]
    [InlineData("ESZ2022", "ES", 2022, 12, 0)]
    [InlineData("ES 12-22", "ES", 2022, 12, 0)]
    [InlineData("ES 12-2022", "ES", 2022, 12, 0)]
    [InlineData("CLF3", "CL", 2023, 1, 0)]
    [InlineData("BTC-28MAR25", "BTC", 2025, 3, 28)]
    [InlineData("BTC-7MAR25", "BTC", 2025, 3, 7)]
    [InlineData("NQ_20230317", "NQ", 2023, 3, 17)]
    // Siblings: LEAN, Binance, OKX, Norgate, Nasdaq Data Link, pysystemtrade, Indian exchanges, Refinitiv, Bloomberg.
    [InlineData("gc-202212", "gc", 2022, 12, 0)]
    [InlineData("ES16Z22", "ES", 2022, 12, 16)]
    [InlineData("BTCUSDT_250328", "BTCUSDT", 2025, 3, 28)]
    [InlineData("BTC-USD-250328", "BTC-USD", 2025, 3, 28)]
    [InlineData("ES-2022Z", "ES", 2022, 12, 0)]
    [InlineData("CME_ESZ2022", "CME_ES", 2022, 12, 0)]
    [InlineData("CME_MINI:ESZ2022", "CME_MINI:ES", 2022, 12, 0)]
    [InlineData("CRUDE_W_20221200", "CRUDE_W", 2022, 12, 0)]
    [InlineData("NIFTY26DEC24FUT", "NIFTY", 2024, 12, 26)]
    [InlineData("NIFTY24DECFUT", "NIFTY", 2024, 12, 0)]
    [InlineData("ESZ2^2", "ES", 2022, 12, 0)]
    [InlineData("ESZ22 Index", "ES", 2022, 12, 0)]
    [InlineData("ESZ22.CME", "ES", 2022, 12, 0)]
    [InlineData("ESZ22-CME", "ES", 2022, 12, 0)]
    [InlineData("@ESZ22", "@ES", 2022, 12, 0)]
    [InlineData("/6EZ22", "/6E", 2022, 12, 0)]
    [InlineData("M2KH23", "M2K", 2023, 3, 0)]
    [InlineData("ZFZ22", "ZF", 2022, 12, 0)]
    [InlineData("ES-DEC22", "ES", 2022, 12, 0)]
    [InlineData("NQ 2023-03-17", "NQ", 2023, 3, 17)]
    public void The_names_of_vendors_have_their_month_or_day(string name, string root, int year, int month, int day)
    {
        var read = ContractName.Of(name)!;
        read.Root.ShouldBe(root);
        // A bar two weeks before the month begins decides years of one and two digits.
        read.MonthAt(new DateOnly(year, month, 1).AddDays(-14)).ShouldBe(new ContractMonth(year, month, day));
    }

    [Theory]
    [InlineData("ES")]
    [InlineData("ESTOXX")]
    [InlineData("BTC-PERPETUAL")]
    [InlineData("BTC-28MAR25-50000-C")]
    [InlineData("AAPL")]
    [InlineData("NQ_20231317")]
    [InlineData("Z22")]
    public void Other_names_have_none(string name) => ContractName.Of(name).ShouldBeNull();

    // CLF3: the bars show the decade. A contract of January 2013 ends in December 2012.
    [Theory]
    [InlineData("CLF3", "2012-12-19", 2013)]
    [InlineData("CLF3", "2013-01-31", 2013)]
    [InlineData("CLF3", "2022-12-20", 2023)]
    [InlineData("CLZ99", "1999-11-20", 1999)]
    [InlineData("gc-201112", "2011-12-28", 2011)]
    [InlineData("BTCUSDT_201112", "2020-11-12", 2020)]
    public void Bars_show_the_century_and_the_decade(string name, string lastBar, int year) =>
        ContractName.Of(name)!.MonthAt(DateOnly.Parse(lastBar, System.Globalization.CultureInfo.InvariantCulture)).Year.ShouldBe(year);

    [Fact]
    public void The_root_of_a_pattern_decides_what_a_number_before_the_month_means()
    {
        ContractName.Of("US30Z22", "US30")!.MonthAt(new DateOnly(2022, 11, 1)).ShouldBe(new ContractMonth(2022, 12, 0));
        ContractName.Of("US30Z22")!.Root.ShouldBe("US");
        ContractName.Of("ESTXM23", "ES")!.Root.ShouldBe("ESTX");
    }
}
