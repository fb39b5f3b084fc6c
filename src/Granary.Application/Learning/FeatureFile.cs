using System.Globalization;
using Granary.Engine.Market;
using Granary.Learning;
using Granary.Learning.Tables;

namespace Granary.Application.Learning;

/// <summary>Reads a table of features and a label from a text file: a header, then one row per sample in time order.</summary>
public static class FeatureFile
{
    private static readonly string[] TimeNames = ["date", "time", "datetime", "timestamp"];

    /// <summary>
    /// Every column is a feature but the label and the time (a column called date, time, datetime or timestamp, in any case).
    /// Separated by commas, semicolons or tabs, whichever the header uses; a time is ISO 8601 (UTC where it names no zone) or a Unix time in seconds or milliseconds.
    /// </summary>
    /// <exception cref="LearningInputException">The file is missing or malformed; the message names file, line, field and remedy.</exception>
    public static TrainingTable Read(string path, string label)
    {
        if (!File.Exists(path)) throw new LearningInputException($"{path}: there is no such file; give the path of a CSV file with a header");
        using var reader = new StreamReader(path);
        var header = reader.ReadLine()?.TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(header)) throw new LearningInputException($"{path}: the file is empty; its first line must name the columns");
        var separator = header.Contains('\t') ? '\t' : header.Contains(';') && !header.Contains(',') ? ';' : ',';
        var names = header.Split(separator).Select(n => n.Trim().Trim('"')).ToArray();
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new LearningInputException($"{path}, line 1: the column '{twice.Key}' is there twice; give every column a name of its own");
        var labelAt = Array.IndexOf(names, label);
        if (labelAt < 0)
        {
            var near = Spelling.Nearest(label, names);
            throw new LearningInputException($"{path}: there is no column '{label}'"
                + (near is null ? $"; --label must be one of {string.Join(", ", names)}" : $"; did you mean '{near}'?"));
        }
        var timeAt = Array.FindIndex(names, n => TimeNames.Contains(n, StringComparer.OrdinalIgnoreCase));
        if (timeAt == labelAt) timeAt = -1;
        int[] featureAt = [.. Enumerable.Range(0, names.Length).Where(i => i != labelAt && i != timeAt)];
        if (featureAt.Length == 0) throw new LearningInputException($"{path}: beside the label '{label}' there is no feature column; add at least one");

        var values = new List<double>();
        var labels = new List<double>();
        var times = new List<long>();
        var lines = new List<int>();
        var ranges = new Range[names.Length + 1];
        var number = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var text = line.AsSpan();
            var fields = text.Split(ranges, separator);
            if (fields != names.Length)
                throw new LearningInputException($"{path}, line {number}: {text.Count(separator) + 1} fields where the header names {names.Length}; complete or remove the line");
            foreach (var at in featureAt) values.Add(Number(text[ranges[at]], names[at]));
            labels.Add(Number(text[ranges[labelAt]], label));
            if (timeAt >= 0) times.Add(Time(text[ranges[timeAt]], names[timeAt]));
            lines.Add(number);
        }
        if (labels.Count == 0) throw new LearningInputException($"{path}: there is no row below the header; add samples");
        try
        {
            return new TrainingTable([.. featureAt.Select(i => names[i])], [.. values], [.. labels], time: timeAt >= 0 ? [.. times] : null, labelName: label, lines: lines);
        }
        catch (LearningInputException e)
        {
            throw new LearningInputException($"{path}, {e.Message}", e);
        }

        double Number(ReadOnlySpan<char> text, string column)
        {
            text = text.Trim();
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) return value;
            var what = text.IsEmpty ? "is empty" : $"= '{text}' is not a finite number";
            throw new LearningInputException($"{path}, line {number}, column '{column}' {what}: fill it in, or leave the row or the column out");
        }

        long Time(ReadOnlySpan<char> text, string column)
        {
            text = text.Trim().Trim('"');
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unix) && text.Length >= 9)
                return unix < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(unix).UtcTicks : DateTimeOffset.FromUnixTimeMilliseconds(unix).UtcTicks;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) return time.UtcTicks;
            throw new LearningInputException($"{path}, line {number}, column '{column}' = '{text}' is not a time; write it as 2020-01-31 or 2020-01-31T15:30:00Z");
        }
    }
}
