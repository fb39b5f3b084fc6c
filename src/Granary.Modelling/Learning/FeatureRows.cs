using System.Globalization;
using Granary.Learning;
using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>Collects the rows of a feature file, line by line, into a table.</summary>
internal sealed class FeatureRows(string path, FeatureFileColumns columns, string? label)
{
    // Class names that become 1; the other class becomes 0. If neither name is listed, the later one in ordinal order becomes 1,
    // as in scikit-learn.
    private static readonly string[] _ones = ["1", "true", "yes", "y", "up", "buy", "long", "win", "gain", "rise", "positive", "pos"];

    private readonly List<double> _values = [], _labels = [];
    private readonly List<string> _words = [];
    private readonly List<long> _times = [];
    private readonly List<int> _lines = [];
    private readonly Range[] _fields = new Range[columns.Names.Length + 1];
    private int _number = 1;

    /// <summary>Adds the next line below the header; skips blank lines.</summary>
    /// <exception cref="LearningInputException">The line is not a row of the table.</exception>
    public void Add(string line)
    {
        _number++;
        if (string.IsNullOrWhiteSpace(line)) return;
        var text = line.AsSpan();
        var fields = Split(text, columns.Separator, _fields);
        if (fields != columns.Names.Length)
            throw new LearningInputException($"{path}, line {_number}: {fields} fields where the header names {columns.Names.Length}; "
                + "complete or remove the line");
        foreach (var at in columns.Features) _values.Add(Number(Bare(text[_fields[at]]), columns.Names[at]));
        if (columns.Label >= 0) AddLabel(Bare(text[_fields[columns.Label]]));
        else _labels.Add(0);
        if (columns.Time >= 0) _times.Add(Time(Bare(text[_fields[columns.Time]]), columns.Names[columns.Time]));
        _lines.Add(_number);
    }

    /// <param name="classes">Whether a label with two values means two classes, whatever the values.</param>
    /// <exception cref="LearningInputException">There are no rows, or they do not form a table.</exception>
    public TrainingTable ToTable(bool classes)
    {
        if (_labels.Count == 0) throw new LearningInputException($"{path}: there is no row below the header; add samples");
        var distinct = _labels.Distinct().Take(3).Order().ToArray();
        if (_words.Count == 0 && classes && distinct.Length == 2)
            for (var i = 0; i < _labels.Count; i++) _labels[i] = _labels[i] == distinct[1] ? 1 : 0;
        // An unnamed first column that counts rows adds nothing to the order of the rows.
        if (columns.Time == 0 && columns.Names[0].Length == 0 && _times.Count > 0 && _times[0] < 1_000_000_000) _times.Clear();
        try
        {
            return new TrainingTable([.. columns.Features.Select(i => columns.Names[i])], [.. _values], [.. _labels],
                times: _times.Count > 0 ? new([.. _times]) : null, labelName: label ?? "label", lines: _lines);
        }
        catch (LearningInputException e)
        {
            throw new LearningInputException($"{path}, {e.Message}", e);
        }
    }

    private double Number(ReadOnlySpan<char> text, string column)
    {
        if (TryNumber(text, out var value) && double.IsFinite(value)) return value;
        var what = text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number";
        throw Fault(column, $" {what}: fill it in, or leave the row or the column out");
    }

    // Labels are numbers until the first word appears. A label of words has at most two classes.
    private void AddLabel(ReadOnlySpan<char> text)
    {
        if (_words.Count == 0 && TryNumber(text, out _))
        {
            _labels.Add(Number(text, label!));
            return;
        }
        if (_labels.Count > 0 && _words.Count == 0)
            throw Fault(label!, $" {(text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number, as the rows above have it")}: "
                + "fill it in or leave the row out");
        if (text.IsEmpty) throw Fault(label!, " is empty: fill it in or leave the row out");
        var word = text.ToString();
        var at = _words.IndexOf(word);
        if (at < 0)
        {
            if (_words.Count == 2)
                throw Fault(label!, $" = '{word}' is a third class beside '{_words[0]}' and '{_words[1]}': a label is a number or one of "
                    + "two classes, so join classes or choose another column");
            at = _words.Count;
            _words.Add(word);
            // The second word decides which class is 1; until then, the first class is 0.
            if (at == 1 && IsOne(_words[0], _words[1]))
                for (var i = 0; i < _labels.Count; i++) _labels[i] = 1;
        }
        _labels.Add(_words.Count == 2 && IsOne(_words[at], _words[1 - at]) ? 1 : 0);
    }

    private long Time(ReadOnlySpan<char> text, string column)
    {
        if (column.Length == 0 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var index)
            && index < 1_000_000_000) return (long)index;
        if (text.Length == 8 && DateTimeOffset.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var day)) return day.UtcTicks;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unix) && text.Length >= 9)
            return unix < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(unix).UtcTicks
                : DateTimeOffset.FromUnixTimeMilliseconds(unix).UtcTicks;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) return time.UtcTicks;
        throw Fault(column, $" = '{text}' is not a time; write it as 2020-01-31 or 2020-01-31T15:30:00Z");
    }

    private LearningInputException Fault(string column, string fault) => new($"{path}, line {_number}, column '{column}'{fault}");

    private static bool IsOne(string word, string other)
    {
        var (one, otherOne) =
            (_ones.Contains(word, StringComparer.OrdinalIgnoreCase), _ones.Contains(other, StringComparer.OrdinalIgnoreCase));
        return one != otherOne ? one : string.CompareOrdinal(word, other) > 0;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double value)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return true;
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
