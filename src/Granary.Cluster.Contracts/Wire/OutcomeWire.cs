using System.Runtime.InteropServices;
using Granary.Application.Simulation;
using Granary.Engine.Analysis;
using Granary.Engine.Trading;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.StrategyOutcome")]
public readonly record struct StrategyOutcomeWire(
    [property: Id(0)] int Index,
    [property: Id(1)] RunStatistics? Statistics,
    [property: Id(2)] UInt128 Fingerprint,
    [property: Id(3)] int Signals,
    [property: Id(4)] long Bars,
    [property: Id(5)] string? Error,
    [property: Id(6)] TraceWire? Trace,
    [property: Id(7)] int[] SignalEnds,
    [property: Id(8)] bool IsWarm);

/// <summary>Equity at the ends of periods, as in memory (little-endian).</summary>
[GenerateSerializer, Immutable, Alias("granary.EquityTrace")]
public sealed record TraceWire([property: Id(0)] long PeriodTicks, [property: Id(1)] long FirstPeriod, [property: Id(2)] double Start, [property: Id(3)] byte[] Equity);

[RegisterConverter]
public sealed class StrategyOutcomeConverter : IConverter<StrategyOutcome, StrategyOutcomeWire>
{
    public StrategyOutcome ConvertFromSurrogate(in StrategyOutcomeWire surrogate) =>
        new(surrogate.Index, surrogate.Statistics, surrogate.Fingerprint, surrogate.Signals, surrogate.Bars, surrogate.Error)
        {
            Trace = surrogate.Trace is { } t ? new EquityTrace(t.PeriodTicks, t.FirstPeriod, t.Start, MemoryMarshal.Cast<byte, double>(t.Equity).ToArray()) : null,
            SignalEnds = surrogate.SignalEnds is [var expired, var cancelled, var noCash, var noQuantity, var noStop, var unfilled]
                ? new SignalEnds(expired, cancelled, noCash, noQuantity, noStop, unfilled) : default,
            IsWarm = surrogate.IsWarm,
        };

    public StrategyOutcomeWire ConvertToSurrogate(in StrategyOutcome value) => new(value.Index, value.Statistics, value.Fingerprint, value.Signals, value.Bars, value.Error,
        value.Trace is { } t ? new TraceWire(t.PeriodTicks, t.FirstPeriod, t.Start, MemoryMarshal.AsBytes(t.Equity.AsSpan()).ToArray()) : null,
        [value.SignalEnds.Expired, value.SignalEnds.Cancelled, value.SignalEnds.NoCash, value.SignalEnds.NoQuantity, value.SignalEnds.NoStop, value.SignalEnds.Unfilled], value.IsWarm);
}

/// <summary>Statistics in a fixed order: 200 bytes per strategy instead of 1 kB by name. New statistics get new ids.</summary>
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
    [Id(22)] public double Carry;
    [Id(23)] public int IntrabarByPath;
    [Id(24)] public int IntrabarByRule;
}

[RegisterConverter]
public sealed class RunStatisticsConverter : IConverter<RunStatistics, RunStatisticsWire>
{
    public RunStatistics ConvertFromSurrogate(in RunStatisticsWire s) => new()
    {
        Trades = s.Trades,
        WinRate = s.WinRate,
        Expectancy = s.Expectancy,
        AverageWin = s.AverageWin,
        AverageLoss = s.AverageLoss,
        ProfitFactor = s.ProfitFactor,
        TotalReturn = s.TotalReturn,
        Cagr = s.Cagr,
        Volatility = s.Volatility,
        Sharpe = s.Sharpe,
        Sortino = s.Sortino,
        Calmar = s.Calmar,
        MaxDrawdown = s.MaxDrawdown,
        MaxDrawdownDays = s.MaxDrawdownDays,
        MonthsProfitable = s.MonthsProfitable,
        WeeksProfitable = s.WeeksProfitable,
        Exposure = s.Exposure,
        Commission = s.Commission,
        FinalEquity = s.FinalEquity,
        NetProfit = s.NetProfit,
        Periods = s.Periods,
        PeriodsPerYear = s.PeriodsPerYear,
        Carry = s.Carry,
        IntrabarByPath = s.IntrabarByPath,
        IntrabarByRule = s.IntrabarByRule,
    };

    public RunStatisticsWire ConvertToSurrogate(in RunStatistics v) => new()
    {
        Trades = v.Trades,
        WinRate = v.WinRate,
        Expectancy = v.Expectancy,
        AverageWin = v.AverageWin,
        AverageLoss = v.AverageLoss,
        ProfitFactor = v.ProfitFactor,
        TotalReturn = v.TotalReturn,
        Cagr = v.Cagr,
        Volatility = v.Volatility,
        Sharpe = v.Sharpe,
        Sortino = v.Sortino,
        Calmar = v.Calmar,
        MaxDrawdown = v.MaxDrawdown,
        MaxDrawdownDays = v.MaxDrawdownDays,
        MonthsProfitable = v.MonthsProfitable,
        WeeksProfitable = v.WeeksProfitable,
        Exposure = v.Exposure,
        Commission = v.Commission,
        FinalEquity = v.FinalEquity,
        NetProfit = v.NetProfit,
        Periods = v.Periods,
        PeriodsPerYear = v.PeriodsPerYear,
        Carry = v.Carry,
        IntrabarByPath = v.IntrabarByPath,
        IntrabarByRule = v.IntrabarByRule,
    };
}
