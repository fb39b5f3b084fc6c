using System.Security.Cryptography;
using Granary.Data.Synthetic;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Synthetic;

public sealed class MarketGeneratorTests
{
    private static readonly long From = Read.Utc("2022-01-01"), To = Read.Utc("2024-01-01");

    [Fact]
    public void The_same_seed_makes_the_same_bytes_on_every_machine()
    {
        using var folder = new TempFolder();
        var markets = DataGeneration.Markets(["ACME", "COINUSDT"], From, Read.Utc("2022-07-01"), seed: 1);
        var files = DataGeneration.Run(new GenerateRequest(folder.Path, markets, [Timeframe.H1]));
        // Pinned: if these change, every sample and digest made from them changes.
        files.Select(f => (f.Bars, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f.Path)))[..16]))
            .ShouldBe([(Bars0, Hash0), (Bars1, Hash1)]);
    }

    private const long Bars0 = 903, Bars1 = 4344;
    private const string Hash0 = "2e74300cb39d51d0", Hash1 = "97530970d0fe803c";

    [Fact]
    public void Another_symbol_beside_it_does_not_change_a_market()
    {
        var alone = DataGeneration.Markets(["BOLT"], From, To, 7)[0];
        var beside = DataGeneration.Markets(["ACME", "BOLT"], From, To, 7)[1];
        MarketGenerator.Generate(alone, Timeframe.D1).ShouldBe(MarketGenerator.Generate(beside, Timeframe.D1));
        MarketGenerator.Generate(alone, Timeframe.D1).ShouldNotBe(MarketGenerator.Generate(alone with { Seed = 8 }, Timeframe.D1));
    }

    [Fact]
    public void All_timeframes_of_a_market_are_the_same_minutes()
    {
        var market = SyntheticMarket.Stock("ACME", From, Read.Utc("2022-03-01"));
        var minutes = MarketGenerator.Generate(market, Timeframe.M1).ToList();
        var days = MarketGenerator.Generate(market, Timeframe.D1).ToList();
        var first = minutes.TakeWhile(b => b.OpenTime.Date == minutes[0].OpenTime.Date).ToList();
        first.Count.ShouldBe(390);
        days[0].ShouldBe(new Bar(first[0].OpenTime.Date.Ticks, first[0].Open, first.Max(b => b.High), first.Min(b => b.Low),
            first[^1].Close, first.Sum(b => b.Volume)));
    }

    [Fact]
    public void Stocks_keep_New_York_hours_through_daylight_saving_and_holidays()
    {
        var market = SyntheticMarket.Stock("ACME", From, To);
        var minutes = MarketGenerator.Generate(market, Timeframe.M1).ToList();
        foreach (var bar in minutes) market.Instrument.Calendar.IsOpen(bar.Time).ShouldBeTrue();
        var opens = minutes.GroupBy(b => b.OpenTime.Date).ToDictionary(d => d.Key, d => d.First().OpenTime.TimeOfDay);
        opens[new DateTime(2022, 3, 11)].ShouldBe(new TimeSpan(14, 30, 0));
        opens[new DateTime(2022, 3, 14)].ShouldBe(new TimeSpan(13, 30, 0));
        opens.ContainsKey(new DateTime(2022, 7, 4)).ShouldBeFalse();
        opens.ContainsKey(new DateTime(2022, 11, 24)).ShouldBeFalse();
        // 2022 had 260 weekdays, and four of these holidays on weekdays (New Year's was kept on the last day of 2021).
        opens.Keys.Count(d => d.Year == 2022).ShouldBe(260 - 3);
    }

    [Theory]
    [InlineData("ACME")]
    [InlineData("COINUSDT")]
    public void Bars_are_good_bars_on_ticks_with_gaps_fat_tails_and_clustered_volatility(string symbol)
    {
        var market = DataGeneration.Markets([symbol], From, To, 3)[0];
        var hours = MarketGenerator.Generate(market, Timeframe.H1).ToList();
        hours.Count.ShouldBeGreaterThan(3000);
        for (var i = 0; i < hours.Count; i++)
        {
            var b = hours[i];
            (b.Low > 0 && b.Low <= Math.Min(b.Open, b.Close) && b.High >= Math.Max(b.Open, b.Close) && b.Volume > 0).ShouldBeTrue();
            if (i > 0) b.Time.ShouldBeGreaterThan(hours[i - 1].Time);
            b.Close.ShouldBe(Math.Round(b.Close, market.Decimals));
        }
        var days = hours.GroupBy(b => b.OpenTime.Date).Select(d => d.Last()).ToList();
        var returns = days.Zip(days.Skip(1), (a, b) => Math.Log(b.Close / a.Close)).ToArray();
        var mean = returns.Average();
        var variance = returns.Average(r => (r - mean) * (r - mean));
        var annual = Math.Sqrt(variance * market.Instrument.TradingDaysPerYear);
        annual.ShouldBeInRange(market.Volatility * 0.6, market.Volatility * 2);
        (returns.Average(r => Math.Pow(r - mean, 4)) / (variance * variance)).ShouldBeGreaterThan(3.3);
        var absolute = returns.Select(Math.Abs).ToArray();
        Correlation(absolute[..^1], absolute[1..]).ShouldBeGreaterThan(0.05);
    }

    private static double Correlation(double[] a, double[] b)
    {
        double ma = a.Average(), mb = b.Average();
        return a.Zip(b, (x, y) => (x - ma) * (y - mb)).Sum() / Math.Sqrt(a.Sum(x => (x - ma) * (x - ma)) * b.Sum(y => (y - mb) * (y - mb)));
    }

    [Fact]
    public void A_name_that_points_elsewhere_is_refused()
    {
        Should.Throw<BarDataException>(() => DataGeneration.Markets(["../../etc/passwd"], From, To,
            1)).Message.ShouldContain("cannot be a file's name");
        Should.Throw<BarDataException>(() => MarketGenerator.Generate(SyntheticMarket.Stock("A", To, From), Timeframe.D1)
            .ToList()).Message.ShouldContain("the end is not after the start");
    }
}
