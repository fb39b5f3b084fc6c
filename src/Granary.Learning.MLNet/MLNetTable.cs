using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Granary.Learning.MLNet;

/// <summary>
/// A training set in the form that ML.NET reads: single precision, slots named after the features, weights with a mean of one. Samples
/// without weight are left out, because ML.NET would count them. Constant features are left out, because ML.NET drops them silently.
/// </summary>
internal sealed class MLNetTable
{
    private readonly TrainingSet _set;
    private readonly double[] _weights;

    private MLNetTable(TrainingSet set, LearningTask task, int[] columns, double[] weights, double labelMean, double labelDeviation)
    {
        _set = set;
        Task = task;
        Columns = columns;
        _weights = weights;
        LabelMean = labelMean;
        LabelDeviation = labelDeviation;
    }

    /// <summary>The features that are passed to ML.NET, by their number in the table.</summary>
    public int[] Columns { get; }

    public LearningTask Task { get; }

    public bool Classify => Task == LearningTask.Classification;

    /// <summary>
    /// The labels. Those of a regression are (label − mean) / deviation, so no trainer depends on their unit; those of classes 0 and
    /// 1.
    /// </summary>
    public double LabelMean { get; }

    public double LabelDeviation { get; }

    /// <summary>The column of weights; null if all weights are equal, because they are then not passed to ML.NET.</summary>
    public string? WeightColumn => Array.TrueForAll(_weights, w => Math.Abs(w - 1) < Tolerance.Share) ? null : "Weight";

    public TrainingSet Set => _set;

    /// <param name="asNumbers">Whether labels 0 and 1 are treated as numbers too.</param>
    /// <exception cref="InputException">Nothing can be learned from the set.</exception>
    public static MLNetTable From(string trainer, TrainingSet set, bool classesOnly, bool asNumbers = false, int least = 20)
    {
        set.RequireLearnable(trainer, classesOnly, least);
        var task = asNumbers ? LearningTask.Regression : set.Table.Task;
        if (set.Rows.Any(r => set.Table.Weight[r] == 0))
        {
            set = new TrainingSet(set.Table, [.. set.Rows.Where(r => set.Table.Weight[r] > 0)]);
            set.RequireLearnable(trainer, classesOnly, least);
        }
        var columns = new List<int>();
        for (var f = 0; f < set.Table.Width; f++)
        {
            var first = BinnedFeatures.Narrow(set.Table.Row(set.Rows[0])[f]);
            foreach (var row in set.Rows)
                if (BinnedFeatures.Narrow(set.Table.Row(row)[f]) != first)
                {
                    columns.Add(f);
                    break;
                }
        }
        if (columns.Count == 0)
            throw new InputException($"no feature varies in the {set.Count} training samples "
                + $"of {trainer}: nothing distinguishes the labels; choose other features or a longer training part");
        var weights = set.Weights();
        var total = 0.0;
        foreach (var w in weights) total += w;
        for (var i = 0; i < weights.Length; i++) weights[i] *= weights.Length / total;
        var (mean, deviation) = (0.0, 1.0);
        if (task == LearningTask.Regression)
        {
            var labels = set.Labels();
            for (var i = 0; i < labels.Length; i++) mean += weights[i] * labels[i] / labels.Length;
            var square = 0.0;
            for (var i = 0; i < labels.Length; i++) square += weights[i] * (labels[i] - mean) * (labels[i] - mean) / labels.Length;
            deviation = Variation.IsNoneSquared(square, labels.Max(Math.Abs)) ? 1 : Math.Sqrt(square);
        }
        return new MLNetTable(set, task, [.. columns], weights, mean, deviation);
    }

    /// <summary>
    /// For trainers without weights: repeats every sample in proportion to its weight. Fractions are carried over from sample to sample in
    /// order of time, so nothing is random.
    /// </summary>
    public MLNetTable Repeated()
    {
        if (WeightColumn is null) return this;
        var rows = new List<int>(_set.Count);
        var due = 0.5;
        for (var i = 0; i < _weights.Length; i++)
            for (due += _weights[i]; due >= 1; due--)
                rows.Add(_set.Rows[i]);
        return Of(new TrainingSet(_set.Table.With(weight: Ones(_set.Table.Count)), [.. rows]));
    }

    /// <summary>Returns a subset of the samples.</summary>
    /// <param name="places">Indices of the samples in the set.</param>
    public MLNetTable Part(IEnumerable<int> places) => Of(new TrainingSet(_set.Table, [.. places.Select(i => _set.Rows[i])]));

    private MLNetTable Of(TrainingSet set) => new(set, Task, Columns, Ones(set.Count), LabelMean, LabelDeviation);

    private static double[] Ones(int count)
    {
        var ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }

    /// <summary>For trees: the unchanged features.</summary>
    public IDataView View(MLContext context) => View(context, null);

    /// <summary>For linear models: the features, standardised on this set.</summary>
    public IDataView View(MLContext context, Standardiser? scaler)
    {
        var names = Columns.Select(c => _set.Table.Features[c].AsMemory()).ToArray();
        var shape = new VectorDataViewType(NumberDataViewType.Single, names.Length);
        var row = new float[_set.Table.Width];
        object[] samples = Classify ? new ClassSample[_set.Count] : new NumberSample[_set.Count];
        for (var i = 0; i < samples.Length; i++)
        {
            var values = _set.Table.Row(_set.Rows[i]);
            var features = new float[names.Length];
            for (var k = 0; k < features.Length; k++)
            {
                var c = Columns[k];
                features[k] = scaler is null ? BinnedFeatures.Narrow(values[c]) : (float)((values[c] - scaler.Mean[c]) * scaler.Scale[c]);
            }
            var label = _set.Table.Label[_set.Rows[i]];
            samples[i] = Classify
                ? new ClassSample { Label = label == 1, Weight = (float)_weights[i], Features = features }
                : new NumberSample
                {
                    Label = (float)((label - LabelMean) / LabelDeviation),
                    Weight = (float)_weights[i],
                    Features = features
                };
        }
        return Classify ? Load((ClassSample[])samples) : Load((NumberSample[])samples);

        IDataView Load<T>(T[] rows) where T : class
        {
            var schema = SchemaDefinition.Create(typeof(T));
            schema["Features"].ColumnType = shape;
            schema["Features"].AddAnnotation("SlotNames", new VBuffer<ReadOnlyMemory<char>>(names.Length, names),
                new VectorDataViewType(TextDataViewType.Instance, names.Length));
            return context.Data.LoadFromEnumerable(rows, schema);
        }
    }

    internal sealed class ClassSample
    {
        public bool Label { get; set; }

        public float Weight { get; set; }

        public float[] Features { get; set; } = [];
    }

    internal sealed class NumberSample
    {
        public float Label { get; set; }

        public float Weight { get; set; }

        public float[] Features { get; set; } = [];
    }
}
