using System.Globalization;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>Collects the rows of a feature file, line by line, into a table.</summary>
/// <param name="dates">Order of day and month in dates such as 01/02/2013.</param>
internal sealed class FeatureRows(string path, FeatureFileColumns columns, string? label, DateOrder dates)
{
    // Class names that become 1; the other class becomes 0. If neither name is listed, the later one in ordinal order becomes 1,
    // as in scikit-learn.
    private static readonly string[] _ones = ["1", "true", "yes", "y", "up", "buy", "long", "win", "gain", "rise", "positive", "pos"];

    private readonly List<double> _values = [], _labels = [];
    private readonly List<string> _words = [];
    private readonly FeatureTimes? _times = columns.Time < 0 ? null : new(path, columns.Names[columns.Time], dates, sorted: true);
    private readonly FeatureTimes? _labelTimes =
        columns.LabelTime < 0 ? null : new(path, columns.Names[columns.LabelTime], dates, sorted: false);
    // By column, whether its values are true and false: true where the first one is.
    private readonly bool?[] _truths = new bool?[columns.Names.Length];
    private readonly List<int> _lines = [];
    private readonly Range[] _fields = new Range[columns.Names.Length + 1];
    private int _number = 1;

    /// <summary>Adds the next line below the header; skips blank lines.</summary>
    /// <exception cref="InputException">The line is not a row of the table.</exception>
    public void Add(string line)
    {
        _number++;
        if (string.IsNullOrWhiteSpace(line)) return;
        var text = line.AsSpan();
        var fields = Split(text, columns.Separator, _fields);
        if (fields != columns.Names.Length)
            throw new InputException($"{path}, line {_number}: {fields} fields where the header names {columns.Names.Length}; "
                + "complete or remove the line");
        foreach (var at in columns.Features) _values.Add(Number(Bare(text[_fields[at]]), at));
        if (columns.Label >= 0) AddLabel(Bare(text[_fields[columns.Label]]));
        else _labels.Add(0);
        _times?.Add(Bare(text[_fields[columns.Time]]), _number);
        _labelTimes?.Add(Bare(text[_fields[columns.LabelTime]]), _number);
        _lines.Add(_number);
    }

    /// <param name="classes">Whether a label with two values means two classes, whatever the values.</param>
    /// <exception cref="InputException">There are no rows, or they do not form a table.</exception>
    public TrainingTable ToTable(bool classes)
    {
        if (_labels.Count == 0) throw new InputException($"{path}: there is no row below the header; add samples");
        var distinct = _labels.Distinct().Take(3).Order().ToArray();
        if (_words.Count == 0 && classes && distinct.Length == 2)
            for (var i = 0; i < _labels.Count; i++) _labels[i] = _labels[i] == distinct[1] ? 1 : 0;
        // An unnamed first column that counts rows adds nothing to the order of the rows.
        var times = _times is { CountsRows: false } known ? known.ToTicks() : null;
        if (times is null && _labelTimes is not null)
            throw new InputException($"{path}: the label times of column '{columns.Names[columns.LabelTime]}' need the times of "
                + "the rows; add a column named time");
        try
        {
            return new TrainingTable([.. columns.Features.Select(i => columns.Names[i])], [.. _values], [.. _labels],
                times: times is null ? null : new(times, _labelTimes?.ToTicks()), labelName: label ?? "label", lines: _lines);
        }
        catch (InputException e)
        {
            throw new InputException($"{path}, {e.Message}", e);
        }
    }

    private double Number(ReadOnlySpan<char> text, int column)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            if (_truths[column] == true)
                throw Fault(column, $" = '{text}' is a number among true and false: write all values of the column in one way");
            _truths[column] = false;
            return value;
        }
        if (IsTruth(text, out value))
        {
            if (_truths[column] == false)
                throw Fault(column, $" = '{text}' is no number, as the rows above have it: correct it, or leave the row out");
            _truths[column] = true;
            return value;
        }
        var what = text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number";
        throw Fault(column, $" {what}: fill it in, or leave the row or the column out");
    }

    // Labels are numbers until the first word appears. A label of words has at most two classes.
    private void AddLabel(ReadOnlySpan<char> text)
    {
        if (_words.Count == 0 && (IsTruth(text, out _) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            _labels.Add(Number(text, columns.Label));
            return;
        }
        if (_labels.Count > 0 && _words.Count == 0)
            throw Fault(columns.Label, $" {(text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number, as the rows above have it")}: "
                + "fill it in or leave the row out");
        if (text.IsEmpty) throw Fault(columns.Label, " is empty: fill it in or leave the row out");
        var word = text.ToString();
        var at = _words.IndexOf(word);
        if (at < 0)
        {
            if (_words.Count == 2)
                throw Fault(columns.Label, $" = '{word}' is a third class beside '{_words[0]}' and '{_words[1]}': a label is a number "
                    + "or one of two classes, so join classes or choose another column");
            at = _words.Count;
            _words.Add(word);
            // The second word decides which class is 1; until then, the first class is 0.
            if (at == 1 && IsOne(_words[0], _words[1]))
                for (var i = 0; i < _labels.Count; i++) _labels[i] = 1;
        }
        _labels.Add(_words.Count == 2 && IsOne(_words[at], _words[1 - at]) ? 1 : 0);
    }

    private InputException Fault(int column, string fault) =>
        new($"{path}, line {_number}, column '{columns.Names[column]}'{fault}");

    private static bool IsOne(string word, string other)
    {
        var (one, otherOne) =
            (_ones.Contains(word, StringComparer.OrdinalIgnoreCase), _ones.Contains(other, StringComparer.OrdinalIgnoreCase));
        return one != otherOne ? one : string.CompareOrdinal(word, other) > 0;
    }

    private static bool IsTruth(ReadOnlySpan<char> text, out double value)
    {
        value = text.Equals("true", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        return value == 1 || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> field)
    {
        field = field.Trim();
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? field[1..^1].Trim() : field;
    }

    // Separators within quotes do not separate fields. Fields beyond the ranges are counted but not stored.
    private static int Split(ReadOnlySpan<char> line, char separator, Range[] ranges)
    {
        var (count, start, quoted) = (0, 0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"') quoted = !quoted;
            if (i < line.Length && (quoted || line[i] != separator)) continue;
            if (count < ranges.Length) ranges[count] = start..i;
            count++;
            start = i + 1;
        }
        return count;
    }
}
