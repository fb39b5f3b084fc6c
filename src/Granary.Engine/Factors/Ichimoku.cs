using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The lines of the Ichimoku cloud that are known today.</summary>
/// <remarks>The lagging span is the close drawn in the past: at any bar its newest value is the close itself, and what is drawn at that bar
/// lies in its future. So it is no line here.</remarks>
[Factor("ichimoku", "Ichimoku cloud: conversion and base line, and the two spans that stand over this bar.", Lines = "tenkan,kijun,span-a,span-b",
    Formula = "middle(n) = (highest(n) + lowest(n)) / 2; tenkan = middle(tenkan); kijun = middle(kijun); span-a = (tenkan + kijun) / 2 and span-b = middle(senkou), both of kijun bars ago",
    Source = "Hosoda 1969; Stock.Indicators", Range = "price")]
public sealed class Ichimoku([Range(1, 10_000)] int tenkan = 9, [Range(1, 10_000)] int kijun = 26, [Range(1, 10_000)] int senkou = 52) : FactorKernel
{
    private RollingMaximum _high1 = new(tenkan), _high2 = new(kijun), _high3 = new(senkou);
    private RollingMinimum _low1 = new(tenkan), _low2 = new(kijun), _low3 = new(senkou);
    private Lag _spanA = new(kijun), _spanB = new(kijun);
    private long _seen;

    public override int WarmUp => tenkan;

    public override int WarmUpOf(int line) => line switch
    {
        0 => tenkan,
        1 => kijun,
        2 => Math.Max(tenkan, kijun) + kijun,
        _ => senkou + kijun,
    };

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var conversion = lines[0];
        var baseLine = lines[1];
        var spanA = lines[2];
        var spanB = lines[3];
        for (var i = 0; i < high.Length; i++)
        {
            var middle1 = (_high1.Next(high[i]) + _low1.Next(low[i])) / 2;
            var middle2 = (_high2.Next(high[i]) + _low2.Next(low[i])) / 2;
            var middle3 = (_high3.Next(high[i]) + _low3.Next(low[i])) / 2;
            _seen++;
            conversion[i] = _seen >= tenkan ? middle1 : double.NaN;
            baseLine[i] = _seen >= kijun ? middle2 : double.NaN;
            spanA[i] = _spanA.Next((conversion[i] + baseLine[i]) / 2);
            spanB[i] = _spanB.Next(_seen >= senkou ? middle3 : double.NaN);
        }
    }
}
