using System.Globalization;
using Granary.Engine.Market;
using Granary.Learning;
using Granary.Learning.Tables;

namespace Granary.Application.Learning;

/// <summary>Reads a table of features and a label from a text file: a header, then one row per sample in time order.</summary>
public static class FeatureFile
{
    private static readonly string[] TimeNames = ["date", "time", "datetime", "timestamp"];

    // What a class of two is called that happened; the other one is 0. Of names that are not here the later one in the alphabet is 1, as
    // with scikit-learn.
    private static readonly string[] Ones = ["1", "true", "yes", "y", "up", "buy", "long", "win", "gain", "rise", "positive", "pos"];

    /// <summary>
    /// Every column is a feature but the label, times (columns called date, time, datetime or timestamp, in any case; the first of them
    /// orders the rows) and a first column without a name, which is a row's number or time. Separated by commas, semicolons or tabs,
    /// whichever the header uses; fields may be in quotes; a time is ISO 8601 (UTC where it names no zone) or a Unix time in seconds or
    /// milliseconds; true and false count as 1 and 0. Two classes may be words, or any two numbers where <paramref name="classes"/> are
    /// asked for.
    /// </summary>
    /// <param name="label">Null where there is none: every label is 0 then.</param>
    /// <param name="classes">A label of two values is two classes, whatever the values.</param>
    /// <param name="optional">The label may be missing from the file.</param>
    /// <exception cref="LearningInputException">
    /// The file is missing or malformed; the message names file, line, field and remedy.
    /// </exception>
    public static TrainingTable Read(string path, string? label, bool classes = false, bool optional = false)
    {
        if (!File.Exists(path))
            throw new LearningInputException($"{path}: there is no such file; give the path of a CSV file with a header");
        using var reader = new StreamReader(path);
        var header = reader.ReadLine()?.TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(header))
            throw new LearningInputException($"{path}: the file is empty; its first line must name the columns");
        var separator = header.Contains('\t') ? '\t' : header.Contains(';') && !header.Contains(',') ? ';' : ',';
        var names = header.Split(separator).Select(n => n.Trim().Trim('"').Trim()).ToArray();
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new LearningInputException($"{path}, line 1: the column '{twice.Key}' is there twice; give every column a name of its "
                + $"own");
        var labelAt = label is null ? -1 : Array.IndexOf(names, label);
        if (labelAt < 0 && label is not null && !optional)
        {
            var near = Spelling.Nearest(label, names);
            throw new LearningInputException($"{path}: there is no column '{label}'"
                + (near is null ? $"; --label must be one of {string.Join(", ", names)}" : $"; did you mean '{near}'?"));
        }
        bool IsTime(int i) =>
            i != labelAt && (TimeNames.Contains(names[i], StringComparer.OrdinalIgnoreCase) || (i == 0 && names[i].Length == 0));
        var timeAt = Array.FindIndex([.. Enumerable.Range(0, names.Length)], IsTime);
        int[] featureAt = [.. Enumerable.Range(0, names.Length).Where(i => i != labelAt && !IsTime(i))];
        if (Array.Find(featureAt, i => names[i].Length == 0) is var nameless and > 0)
            throw new LearningInputException($"{path}, line 1: column {nameless + 1} has no name; give it one, or remove it");
        if (featureAt.Length == 0) throw new LearningInputException($"{path}: there is no feature "
            + $"column{(label is null ? "" : $" beside the label '{label}'")}; add at least one");

        var values = new List<double>();
        var labels = new List<double>();
        var words = new List<string>();
        var times = new List<long>();
        var lines = new List<int>();
        var ranges = new Range[names.Length + 1];
        var number = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var text = line.AsSpan();
            var fields = Split(text, separator, ranges);
            if (fields != names.Length)
                throw new LearningInputException($"{path}, line {number}: {fields} fields where the header "
                    + $"names {names.Length}; complete or remove the line");
            foreach (var at in featureAt) values.Add(Number(Bare(text[ranges[at]]), names[at]));
            if (labelAt >= 0) Label(Bare(text[ranges[labelAt]]));
            else labels.Add(0);
            if (timeAt >= 0) times.Add(Time(Bare(text[ranges[timeAt]]), names[timeAt]));
            lines.Add(number);
        }
        if (labels.Count == 0) throw new LearningInputException($"{path}: there is no row below the header; add samples");
        var distinct = labels.Distinct().Take(3).Order().ToArray();
        if (words.Count == 0 && classes && distinct.Length == 2)
            for (var i = 0; i < labels.Count; i++) labels[i] = labels[i] == distinct[1] ? 1 : 0;
        // A first column without a name that counts rows says nothing of time that the order of the rows does not.
        if (timeAt == 0 && names[0].Length == 0 && times.Count > 0 && times[0] < 1_000_000_000) times.Clear();
        try
        {
            return new TrainingTable([.. featureAt.Select(i => names[i])], [.. values], [.. labels], time: times.Count > 0 ? [.. times]
                : null, labelName: label ?? "label", lines: lines);
        }
        catch (LearningInputException e)
        {
            throw new LearningInputException($"{path}, {e.Message}", e);
        }

        double Number(ReadOnlySpan<char> text, string column)
        {
            if (TryNumber(text, out var value) && double.IsFinite(value)) return value;
            var what = text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number";
            throw new LearningInputException($"{path}, line {number}, column '{column}' {what}: fill it in, or leave the row or the column "
                + $"out");
        }

        // Numbers until the first word; from then on two words at the most.
        void Label(ReadOnlySpan<char> text)
        {
            if (words.Count == 0 && TryNumber(text, out var value))
            {
                labels.Add(Number(text, label!));
                return;
            }
            if (labels.Count > 0 && words.Count == 0)
                throw new LearningInputException($"{path}, line {number}, column "
                    + $"'{label}' {(text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number, as the rows above have it")}: fill it "
                    + $"in or leave the row out");
            if (text.IsEmpty)
                throw new LearningInputException($"{path}, line {number}, column '{label}' is empty: fill it in or leave the row out");
            var word = text.ToString();
            var at = words.IndexOf(word);
            if (at < 0)
            {
                if (words.Count == 2)
                    throw new LearningInputException($"{path}, line {number}, column "
                        + $"'{label}' = '{word}' is a third class beside '{words[0]}' and "
                        + $"'{words[1]}': a label is a number or one of two classes, so join classes or choose another column");
                at = words.Count;
                words.Add(word);
                // The second word decides which of the two is 1; until then the first is 0.
                if (at == 1 && IsOne(words[0], words[1]))
                    for (var i = 0; i < labels.Count; i++) labels[i] = 1;
            }
            labels.Add(words.Count == 2 && IsOne(words[at], words[1 - at]) ? 1 : 0);
        }

        long Time(ReadOnlySpan<char> text, string column)
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
            throw new LearningInputException($"{path}, line {number}, column '{column}' = "
                + $"'{text}' is not a time; write it as 2020-01-31 or 2020-01-31T15:30:00Z");
        }
    }

    private static bool IsOne(string word, string other)
    {
        var (one, otherOne) =
            (Ones.Contains(word, StringComparer.OrdinalIgnoreCase), Ones.Contains(other, StringComparer.OrdinalIgnoreCase));
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

    // A separator within quotes separates nothing. Fields beyond the ranges are counted and not kept.
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
