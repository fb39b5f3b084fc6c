using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Features;

/// <summary>
/// Reads a feature set from a feed's factor sheets, block by block. Training, backtest and live use this code, so features are
/// bit-identical whatever the block lengths. The factors are part of the feed's plan and are therefore computed only once.
/// </summary>
internal sealed class FeatureReader
{
    private readonly Feature[] _features;
    private readonly int[] _columns;
    private readonly int _keep;
    // The last values of each feature before this block, and those that the next block needs; newest last.
    private double[][] _past, _next;
    private int _pastCount, _nextCount;
    private FactorSheet _sheet = null!;
    private BarBlock _block = null!;

    /// <param name="plan">The plan of the feed, before its first block.</param>
    /// <param name="rows">The number of consecutive rows that <see cref="Read"/> returns: a model's input length.</param>
    public FeatureReader(FeatureSet set, FactorPlan plan, int rows = 1)
    {
        _features = set.Features;
        Names = set.Names;
        _columns = [.. _features.Select(f => plan.Add(f.Request) + f.Line)];
        Rows = rows;
        _keep = set.LongestLag + rows - 1;
        _past = [.. _features.Select(_ => new double[_keep])];
        _next = [.. _features.Select(_ => new double[_keep])];
    }

    public IReadOnlyList<string> Names { get; }

    public int Rows { get; }

    /// <summary>The number of values that <see cref="Read"/> writes.</summary>
    public int Length => _features.Length * Rows;

    /// <summary>Binds the next block of the feed and its sheet. Must be called for every block, in order.</summary>
    public void Bind(BarBlock block, FactorSheet sheet)
    {
        (_past, _next, _pastCount) = (_next, _past, _nextCount);
        _block = block;
        _sheet = sheet;
        // The sheet is reused after this block, so values that the next one may look back on are copied now.
        _nextCount = Math.Min(_keep, _pastCount + block.Count);
        for (var f = 0; f < _features.Length; f++)
            for (var k = 0; k < _nextCount; k++)
                _next[f][_keep - 1 - k] = At(f, block.Count - 1 - k);
    }

    /// <summary>Reads the features at a bar of the bound block; with several rows, the oldest first.</summary>
    /// <param name="target">[rows · features]; NaN if a factor is still in warm-up.</param>
    public void Read(int index, Span<double> target)
    {
        var width = _features.Length;
        for (var row = 0; row < Rows; row++)
        {
            var at = index - (Rows - 1 - row);
            var place = target.Slice(row * width, width);
            for (var f = 0; f < width; f++) place[f] = At(f, at - _features[f].Lag);
        }
    }

    // A feature's value without its lag; negative indices precede the block.
    private double At(int feature, int index)
    {
        if (index >= 0)
        {
            var value = _sheet[_columns[feature]][index];
            return _features[feature].OverClose ? value / _block.Close[index] : value;
        }
        return -index <= _pastCount ? _past[feature][_keep + index] : double.NaN;
    }
}
