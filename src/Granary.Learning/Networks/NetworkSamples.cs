using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <summary>The samples of a network: standardised windows of rows for fitting and for validation.</summary>
internal sealed class NetworkSamples
{
    private const double HeldBackShare = 0.15;

    /// <summary>Standardised features are clipped to this many deviations, so an outlier cannot dominate.</summary>
    public const double Reach = 6;

    private readonly TrainingTable _table;
    private readonly LabelScaling _scaling;
    private readonly int _rowsPerInput;
    private readonly bool _isClassification;
    private readonly int[] _heldBack;
    private readonly double[] _z;

    /// <param name="rowsPerInput">The number of table rows in one input.</param>
    /// <exception cref="InputException">Too few samples are left for fitting.</exception>
    public NetworkSamples(TrainingSet set, Standardiser scaler, LabelScaling scaling, int rowsPerInput)
    {
        (_table, _scaling, _rowsPerInput) = (set.Table, scaling, rowsPerInput);
        _isClassification = _table.Task == LearningTask.Classification;
        // Rows whose window starts before the table are not usable.
        var usable = Array.FindAll(set.Rows, row => row >= rowsPerInput - 1);
        var cut = usable.Length - (int)(usable.Length * HeldBackShare);
        _heldBack = usable[cut..];
        Fit = Array.FindAll(usable[..cut], row => _heldBack.Length == 0 || _table.LabelEnd[row] <= _table.Time[_heldBack[0]]);
        if (Fit.Length < 10 || _heldBack.Length == 0)
            throw new InputException($"a network has {Fit.Length} samples left to train on after it held the "
                + $"newest {_heldBack.Length} back: give it more rows");
        // The table is standardised once, so that windows are views.
        var width = _table.Width;
        _z = new double[_table.Count * width];
        for (var row = 0; row < _table.Count; row++)
        {
            var target = _z.AsSpan(row * width, width);
            scaler.Apply(_table.Row(row), target);
            foreach (ref var value in target) value = Math.Clamp(value, -Reach, Reach);
        }
    }

    /// <summary>Rows for fitting, oldest first.</summary>
    public int[] Fit { get; }

    /// <summary>Adds the gradients of a batch of rows.</summary>
    /// <returns>The weight of the batch.</returns>
    public double Accumulate(NetworkShape shape, double[] parameters, ReadOnlySpan<int> batch, double[] gradient, double[] workspace)
    {
        var weight = 0.0;
        foreach (var row in batch)
        {
            var w = _table.Weight[row];
            if (w == 0) continue;
            weight += w;
            shape.Accumulate(parameters, Window(row), Target(row), w, _isClassification, gradient, workspace);
        }
        return weight;
    }

    /// <summary>Mean loss over the validation rows.</summary>
    public double HeldBackLoss(NetworkShape shape, double[] parameters, double[] workspace)
    {
        var (sum, weight) = (0.0, 0.0);
        foreach (var row in _heldBack)
        {
            var score = shape.Score(parameters, Window(row), workspace);
            var target = Target(row);
            sum += _table.Weight[row] * (_isClassification ? PortableMath.Softplus(score) - target * score
                : (score - target) * (score - target) / 2);
            weight += _table.Weight[row];
        }
        return weight > 0 ? sum / weight : 0;
    }

    private ReadOnlySpan<double> Window(int row) =>
        _z.AsSpan((row - _rowsPerInput + 1) * _table.Width, _rowsPerInput * _table.Width);

    private double Target(int row) => _scaling.Target(_table.Label[row]);
}
