using Granary.Engine.Factors.Kernels;
using Granary.Engine.Factors.Prices;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>The lines of the Ichimoku cloud that are known today.</summary>
/// <remarks>The lagging span is the close drawn in the past: at any bar its newest value is the close itself, and what is drawn at that bar
/// lies in its future. So it is no line here.</remarks>
[Factor("ichimoku", "Ichimoku cloud: conversion and base line, and the two spans that stand over this bar.",
    Lines = "tenkan,kijun,span-a,span-b",
    Formula = "middle(n) = (highest(n) + lowest(n)) / 2; tenkan = middle(tenkan); kijun = middle(kijun); span-a = (tenkan + kijun) / 2 and "
        + "span-b = middle(senkou), both of kijun bars ago",
    Source = "Hosoda 1969; Stock.Indicators", Range = "price")]
internal sealed class Ichimoku([Range(1, 10_000)] int tenkan = 9, [Range(1, 10_000)] int kijun = 26, [Range(1, 10_000)]
    int senkou = 52) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest], _scratch2 = new double[Longest];
    private RollingFold<Greatest> _high1 = new(tenkan), _high2 = new(kijun), _high3 = new(senkou);
    private RollingFold<Least> _low1 = new(tenkan), _low2 = new(kijun), _low3 = new(senkou);
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

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var conversion = lines[0];
        var baseLine = lines[1];
        var spanA = lines[2];
        var spanB = lines[3];
        var other = _scratch.AsSpan(0, conversion.Length);
        _high1.Next(bars.High, conversion);
        _low1.Next(bars.Low, other);
        Middle(conversion, other, tenkan);
        _high2.Next(bars.High, baseLine);
        _low2.Next(bars.Low, other);
        Middle(baseLine, other, kijun);
        for (var i = 0; i < other.Length; i++) other[i] = (conversion[i] + baseLine[i]) / 2;
        _spanA.Next(other, spanA);
        var third = _scratch2.AsSpan(0, conversion.Length);
        _high3.Next(bars.High, third);
        _low3.Next(bars.Low, other);
        Middle(third, other, senkou);
        _spanB.Next(third, spanB);
        _seen += conversion.Length;
    }

    private void Middle(Span<double> highest, ReadOnlySpan<double> lowest, int warmUp)
    {
        for (var i = 0; i < highest.Length; i++) highest[i] = (highest[i] + lowest[i]) / 2;
        Blank(highest, _seen, warmUp);
    }
}
