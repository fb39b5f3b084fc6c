using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Numerics;

namespace Granary.Learning.Tables;

/// <summary>Task that a label defines.</summary>
public enum LearningTask
{
    /// <summary>Labels are 0 and 1; a prediction is the probability of 1.</summary>
    Classification,

    /// <summary>Labels are numbers; a prediction is the expected label.</summary>
    Regression,
}

/// <summary>
/// Samples in order of time: features known at a time, and the label known later. Immutable. Subsets are index lists over it, so
/// thousands of folds share one copy.
/// </summary>
public sealed class TrainingTable
{
    private readonly double[] _values, _label, _weight;
    private readonly long[] _time, _labelEnd;

    /// <summary>Takes ownership of the arrays; the caller must not change them afterwards.</summary>
    /// <param name="features">Names of the columns, in order.</param>
    /// <param name="values">Row-major [rows, features], oldest row first.</param>
    /// <param name="label">[rows].</param>
    /// <param name="weight">[rows], positive or zero; null for 1 each.</param>
    /// <param name="times">Times of the samples; null for the row index.</param>
    /// <param name="lines">[rows], line numbers in a file for messages; null for the row index.</param>
    /// <exception cref="InputException">Lengths differ, times decrease, a weight is negative, or a value is not finite.</exception>
    public TrainingTable(IReadOnlyList<string> features, double[] values, double[] label, double[]? weight = null,
        SampleTimes? times = null, string labelName = "label", IReadOnlyList<int>? lines = null)
    {
        var (time, labelEnd) = (times?.Known, times?.LabelKnown);
        Features = [.. features];
        LabelName = labelName;
        var rows = label.Length;
        var width = Features.Count;
        if (width == 0) throw new InputException($"a table needs one feature column at the least beside the label '{labelName}'");
        if (Features.Distinct(StringComparer.Ordinal).Count() != width)
            throw new InputException($"the feature '{Features.GroupBy(f => f).First(g => g.Count() > 1).Key}' is there twice: give "
                + $"every column a name of its own");
        if (values.Length != (long)rows * width)
            throw new InputException($"{rows} labels with {width} features need {(long)rows * width} values, not {values.Length}");
        if ((weight ?? label).Length != rows || (time is not null && time.Length != rows)
            || (labelEnd is not null && labelEnd.Length != rows))
            throw new InputException("labels, weights and times of a table have the same length");
        string Place(int row) => lines is null ? $"sample {row + 1}" : $"line {lines[row]}";
        if (!Dense.AllFinite(values))
        {
            var at = Array.FindIndex(values, v => !double.IsFinite(v));
            throw new InputException(
                $"{Place(at / width)}, feature '{Features[at % width]}' is "
                    + $"{(double.IsNaN(values[at]) ? "empty or not a number" : "infinite")}: fill it in, or leave the row or the column "
                    + $"out");
        }
        for (var i = 0; i < rows; i++)
        {
            if (!double.IsFinite(label[i]))
                throw new InputException($"{Place(i)}, label '{labelName}' is empty or not finite: fill it in or leave the row "
                    + $"out");
            if (weight is not null && !(weight[i] >= 0 && double.IsFinite(weight[i])))
                throw new InputException($"{Place(i)}: the weight {weight[i]} is not zero or positive");
            if (time is not null && i > 0 && time[i] < time[i - 1])
                throw new InputException($"{Place(i)} is older than the row before it: sort the table by time, oldest first");
            if (labelEnd is not null && time is not null && labelEnd[i] < time[i])
                throw new InputException($"{Place(i)}: its label was known before its features; a label lies in the future");
        }
        _values = values;
        _label = label;
        if (weight is null) Array.Fill(weight = new double[rows], 1);
        _weight = weight;
        if (time is null)
        {
            time = new long[rows];
            for (var i = 0; i < rows; i++) time[i] = i;
        }
        _time = time;
        if (labelEnd is null)
        {
            labelEnd = new long[rows];
            for (var i = 0; i < rows; i++) labelEnd[i] = i + 1 < rows ? time[i + 1] : time[i] + 1;
        }
        _labelEnd = labelEnd;
        Task = Array.TrueForAll(label, l => l is 0 or 1) ? LearningTask.Classification : LearningTask.Regression;
    }

    public IReadOnlyList<string> Features { get; }

    public string LabelName { get; }

    /// <summary>Classification if every label is 0 or 1, otherwise regression.</summary>
    public LearningTask Task { get; }

    public int Count => _label.Length;

    public int Width => Features.Count;

    /// <summary>[rows].</summary>
    public ReadOnlySpan<double> Label => _label;

    /// <summary>[rows].</summary>
    public ReadOnlySpan<double> Weight => _weight;

    /// <summary>[rows], UTC ticks.</summary>
    public ReadOnlySpan<long> Time => _time;

    /// <summary>[rows], UTC ticks.</summary>
    public ReadOnlySpan<long> LabelEnd => _labelEnd;

    /// <summary>Row-major [rows, features].</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The features of a row.</summary>
    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Width, Width);

    /// <summary>Returns all rows.</summary>
    public TrainingSet All() => new(this, [.. Enumerable.Range(0, Count)]);

    /// <summary>Returns the rows from <paramref name="start"/> to <paramref name="end"/>, exclusive.</summary>
    public TrainingSet Range(int start, int end) => new(this, [.. Enumerable.Range(start, end - start)]);

    /// <summary>Returns the last row whose label was known when this row's features were; −1 if there is none.</summary>
    public int LastKnownLabel(int row)
    {
        var j = row - 1;
        while (j >= 0 && _labelEnd[j] > _time[row]) j--;
        return j;
    }

    /// <summary>Whether the table has the complete <paramref name="input"/> of this row.</summary>
    public bool CanRead(int row, ModelInput input) => input.Kind != ModelInputKind.Features || row >= input.Length - 1;

    /// <summary>Returns a model's input at a row: a view of the table for features, otherwise <paramref name="buffer"/>.</summary>
    public ReadOnlySpan<double> ReadInput(int row, ModelInput input, Span<double> buffer)
    {
        if (input.Kind == ModelInputKind.Features)
            return _values.AsSpan((row - input.Length + 1) * Width, input.Length * Width);
        var target = buffer[..input.Length];
        if (input.Kind == ModelInputKind.Time)
        {
            target[0] = SampleDays.Of(_time[row]);
            return target;
        }
        target.Fill(double.NaN);
        var at = input.Length - 1;
        for (var j = LastKnownLabel(row); j >= 0 && at >= 0; j--)
            if (_labelEnd[j] <= _time[row])
                target[at--] = _label[j];
        return target;
    }

    /// <summary>Returns the same samples with other labels (for permutation tests) or weights.</summary>
    public TrainingTable With(double[]? label = null, double[]? weight = null) =>
        new(Features, _values, label ?? _label, weight ?? _weight, new(_time, _labelEnd), LabelName);

    /// <summary>Returns a table with only these columns, in this order.</summary>
    /// <exception cref="InputException">A name is not in the table.</exception>
    public TrainingTable Select(IReadOnlyList<string> names)
    {
        if (names.SequenceEqual(Features)) return this;
        var at = new int[names.Count];
        for (var k = 0; k < at.Length; k++)
        {
            at[k] = -1;
            for (var f = 0; f < Width; f++)
                if (Features[f] == names[k])
                    at[k] = f;
            if (at[k] < 0)
                throw new InputException($"the table has no column '{names[k]}', which the model was trained on; it "
                    + $"has {string.Join(", ", Features)}");
        }
        var values = new double[Count * at.Length];
        for (var i = 0; i < Count; i++)
            for (var k = 0; k < at.Length; k++)
                values[i * at.Length + k] = _values[i * Width + at[k]];
        return new TrainingTable(names, values, _label, _weight, new(_time, _labelEnd), LabelName);
    }

    /// <summary>SHA-256 over names, values, labels, weights and times, which identifies the training data in a model's lineage.</summary>
    public string Hash() => Hash(Count);

    /// <summary>The hash of the first rows only, which does not change when rows are appended.</summary>
    public string Hash(int rows)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in Features.Append(LabelName))
            sha.AppendData(System.Text.Encoding.UTF8.GetBytes(name + "\n"));
        foreach (var column in new[] { _values, _label, _weight })
            sha.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(column.AsSpan(0, column == _values ? rows * Width : rows)));
        foreach (var column in new[] { _time, _labelEnd })
            sha.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(column.AsSpan(0, rows)));
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
