using System.Text.Json;
using Granary.Application.RunFolders;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Application.Tests.Batches;

public class MetricSetConverterTests
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new MetricSetConverter(MetricCatalogue.BuiltIn) } };

    [Fact]
    public void The_log_of_a_run_that_an_earlier_version_began_is_read()
    {
        // As the record of named fields was written.
        var set = JsonSerializer.Deserialize<MetricSet>("""
            {"trades":3,"winRate":0.5,"expectancy":"NaN","sharpe":1.25,"calmar":"Infinity","carry":-2,"benchmark":null,"account":null,
             "intrabarByPath":2,"intrabarByRule":0,"finalEquity":110,"isRuined":false,"periods":10,"deflatedSharpe":"NaN"}
            """, Json)!;
        (set.Trades, set.WinRate, set.Sharpe, set.FinalEquity).ShouldBe((3, 0.5, 1.25, 110));
        set[RatioMetrics.Calmar].ShouldBe(double.PositiveInfinity);
        set[TradeMetrics.Expectancy].ShouldBe(double.NaN);
        set[ExposureMetrics.Financing].ShouldBe(-2);
        set[ExposureMetrics.IntrabarByPath].ShouldBe(2);
        set.Layout.Parts.ShouldBe(MetricParts.Strategy);
    }

    [Fact]
    public void Every_metric_of_a_strategy_comes_back_from_the_log_of_its_run_to_the_bit()
    {
        double[] values = [.. Enumerable.Range(0, MetricCatalogue.BuiltIn.LayoutOf(MetricParts.Strategy).Metrics.Length)
            .Select(i => i == 3 ? double.NaN : i == 4 ? double.NegativeInfinity : 1 / (i + 3.0))];
        var set = MetricCatalogue.BuiltIn.Restore(MetricParts.Strategy, values);
        JsonSerializer.Deserialize<MetricSet>(JsonSerializer.Serialize(set, Json), Json).ShouldBe(set);
    }
}
