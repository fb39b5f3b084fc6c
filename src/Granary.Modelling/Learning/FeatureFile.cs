using Granary.Learning;
using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>Reads a table of features and a label from a text file: a header, then one row per sample in time order.</summary>
public static class FeatureFile
{
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
        var columns = FeatureFileColumns.Of(path, reader.ReadLine()?.TrimStart('\uFEFF'), label, optional);
        var rows = new FeatureRows(path, columns, label);
        while (reader.ReadLine() is { } line) rows.Add(line);
        return rows.ToTable(classes);
    }
}
