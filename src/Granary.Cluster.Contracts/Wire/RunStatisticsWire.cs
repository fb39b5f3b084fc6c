using System.Collections.Concurrent;
using System.Collections.Immutable;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Cluster.Wire;

/// <summary>
/// The metrics of a strategy. The numbered fields are those that earlier versions read; they stay as they are. Every other metric travels
/// in <see cref="Values"/> under the name in <see cref="Keys"/>, so a new metric needs no new field. Sets of one layout share their keys,
/// which Orleans writes once per message.
/// </summary>
[GenerateSerializer, Alias("granary.RunStatistics")]
public struct RunStatisticsWire
{
    [Id(0)] public long Trades;
    [Id(1)] public double WinRate;
    [Id(2)] public double Expectancy;
    [Id(3)] public double AverageWin;
    [Id(4)] public double AverageLoss;
    [Id(5)] public double ProfitFactor;
    [Id(6)] public double TotalReturn;
    [Id(7)] public double Cagr;
    [Id(8)] public double Volatility;
    [Id(9)] public double Sharpe;
    [Id(10)] public double Sortino;
    [Id(11)] public double Calmar;
    [Id(12)] public double MaxDrawdown;
    [Id(13)] public double MaxDrawdownDays;
    [Id(14)] public double MonthsProfitable;
    [Id(15)] public double WeeksProfitable;
    [Id(16)] public double Exposure;
    [Id(17)] public double Commission;
    [Id(18)] public double FinalEquity;
    [Id(19)] public double NetProfit;
    [Id(20)] public long Periods;
    [Id(21)] public double PeriodsPerYear;
    [Id(22)] public double Financing;
    [Id(23)] public int IntrabarByPath;
    [Id(24)] public int IntrabarByRule;
    [Id(25)] public string[]? Keys;
    [Id(26)] public double[]? Values;
}

/// <summary>Metrics to and from the wire.</summary>
/// <param name="catalogue">The metrics that this silo knows.</param>
[RegisterConverter]
public sealed class RunStatisticsConverter(MetricCatalogue catalogue) : IConverter<MetricSet, RunStatisticsWire>
{
    private readonly ConcurrentDictionary<MetricLayout, string[]> _keys = new();

    /// <summary>Knows the metrics of the platform.</summary>
    public RunStatisticsConverter()
        : this(MetricCatalogue.BuiltIn)
    {
    }

    // The metrics of the numbered fields, in the order of their ids.
    private static readonly ImmutableArray<string> _numbered =
    [
        TradeMetrics.Trades.Key, TradeMetrics.WinRate.Key, TradeMetrics.Expectancy.Key, TradeMetrics.AverageWin.Key,
        TradeMetrics.AverageLoss.Key, TradeMetrics.ProfitFactor.Key, ReturnMetrics.TotalReturn.Key, ReturnMetrics.Cagr.Key,
        RiskMetrics.Volatility.Key, RatioMetrics.Sharpe.Key, RatioMetrics.Sortino.Key, RatioMetrics.Calmar.Key,
        RiskMetrics.MaxDrawdown.Key, RiskMetrics.MaxDrawdownDays.Key, ReturnMetrics.MonthsProfitable.Key,
        ReturnMetrics.WeeksProfitable.Key, TradeMetrics.Exposure.Key, TradeMetrics.Commission.Key, ReturnMetrics.FinalEquity.Key,
        ReturnMetrics.NetProfit.Key, ExposureMetrics.Periods.Key, RatioMetrics.PeriodsPerYear.Key, ExposureMetrics.Financing.Key,
        ExposureMetrics.IntrabarByPath.Key, ExposureMetrics.IntrabarByRule.Key,
    ];

    // In the order of their ids.
    private static double[] Numbers(in RunStatisticsWire s) =>
    [
        s.Trades, s.WinRate, s.Expectancy, s.AverageWin, s.AverageLoss, s.ProfitFactor, s.TotalReturn, s.Cagr, s.Volatility, s.Sharpe,
        s.Sortino, s.Calmar, s.MaxDrawdown, s.MaxDrawdownDays, s.MonthsProfitable, s.WeeksProfitable, s.Exposure, s.Commission,
        s.FinalEquity, s.NetProfit, s.Periods, s.PeriodsPerYear, s.Financing, s.IntrabarByPath, s.IntrabarByRule,
    ];

    /// <summary>A metric that the sender does not know is undefined; one that this silo does not know is left out.</summary>
    public MetricSet ConvertFromSurrogate(in RunStatisticsWire surrogate)
    {
        var layout = catalogue.LayoutOf(MetricParts.Strategy);
        var values = new double[layout.Metrics.Length];
        Array.Fill(values, double.NaN);
        var numbers = Numbers(surrogate);
        for (var i = 0; i < numbers.Length; i++) Set(_numbered[i], numbers[i]);
        for (var i = 0; i < surrogate.Keys?.Length; i++) Set(surrogate.Keys[i], surrogate.Values![i]);
        return catalogue.Restore(MetricParts.Strategy, values);

        void Set(string key, double value)
        {
            if (layout.SlotOf(key) is >= 0 and var slot) values[slot] = value;
        }
    }

    public RunStatisticsWire ConvertToSurrogate(in MetricSet value)
    {
        var keys = _keys.GetOrAdd(value.Layout, OthersOf);
        var values = keys.Length == 0 ? null : new double[keys.Length];
        for (var i = 0; i < keys.Length; i++) values![i] = value[keys[i]];
        return new RunStatisticsWire
        {
            Trades = (long)value[TradeMetrics.Trades],
            WinRate = value[TradeMetrics.WinRate],
            Expectancy = value[TradeMetrics.Expectancy],
            AverageWin = value[TradeMetrics.AverageWin],
            AverageLoss = value[TradeMetrics.AverageLoss],
            ProfitFactor = value[TradeMetrics.ProfitFactor],
            TotalReturn = value[ReturnMetrics.TotalReturn],
            Cagr = value[ReturnMetrics.Cagr],
            Volatility = value[RiskMetrics.Volatility],
            Sharpe = value[RatioMetrics.Sharpe],
            Sortino = value[RatioMetrics.Sortino],
            Calmar = value[RatioMetrics.Calmar],
            MaxDrawdown = value[RiskMetrics.MaxDrawdown],
            MaxDrawdownDays = value[RiskMetrics.MaxDrawdownDays],
            MonthsProfitable = value[ReturnMetrics.MonthsProfitable],
            WeeksProfitable = value[ReturnMetrics.WeeksProfitable],
            Exposure = value[TradeMetrics.Exposure],
            Commission = value[TradeMetrics.Commission],
            FinalEquity = value[ReturnMetrics.FinalEquity],
            NetProfit = value[ReturnMetrics.NetProfit],
            Periods = (long)value[ExposureMetrics.Periods],
            PeriodsPerYear = value[RatioMetrics.PeriodsPerYear],
            Financing = value[ExposureMetrics.Financing],
            IntrabarByPath = (int)value[ExposureMetrics.IntrabarByPath],
            IntrabarByRule = (int)value[ExposureMetrics.IntrabarByRule],
            Keys = values is null ? null : keys,
            Values = values,
        };
    }

    // The validation checks run where the batch is put together: no silo sends their metrics.
    private static string[] OthersOf(MetricLayout layout) =>
        [.. layout.Metrics.ToArray().Where(m => (m.Needs & MetricParts.Checks) == 0 && !_numbered.Contains(m.Key)).Select(m => m.Key)];
}
