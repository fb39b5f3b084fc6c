using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Modelling.Learning;

/// <summary>Columns of a feature file, from its header.</summary>
/// <param name="Label">Index of the label; −1 if there is none.</param>
/// <param name="Time">Index of the time that orders the rows; −1 if there is none.</param>
/// <param name="LabelTime">Index of the time at which the label was known; −1 if there is none.</param>
/// <param name="Features">Indices of the features.</param>
internal sealed record FeatureFileColumns(char Separator, string[] Names, int Label, int Time, int LabelTime, int[] Features)
{
    // The name in Granary's own tables, such as predictions.csv.
    private const string LabelTimeName = "label_time";

    private static readonly string[] _timeNames = ["date", "time", "datetime", "timestamp"];

    /// <param name="label">Label column; null if there is none.</param>
    /// <param name="labelTime">Column with the time at which the label was known; null for one named label_time, if there is one.</param>
    /// <param name="optional">Whether the label may be missing from the file.</param>
    /// <exception cref="InputException">The header is missing, or belongs to no feature file.</exception>
    public static FeatureFileColumns Of(string path, string? header, string? label, string? labelTime, bool optional)
    {
        if (string.IsNullOrWhiteSpace(header))
            throw new InputException($"{path}: the file is empty; its first line must name the columns");
        var separator = header.Contains('\t') ? '\t' : header.Contains(';') && !header.Contains(',') ? ';' : ',';
        var names = header.Split(separator).Select(n => n.Trim().Trim('"').Trim()).ToArray();
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InputException($"{path}, line 1: the column '{twice.Key}' is there twice; "
                + "give every column a name of its own");
        var labelAt = label is null ? -1 : Array.IndexOf(names, label);
        if (labelAt < 0 && label is not null && !optional)
        {
            var near = Spelling.Nearest(label, names);
            throw new InputException($"{path}: there is no column '{label}'"
                + (near is null ? $"; --label must be one of {string.Join(", ", names)}" : $"; did you mean '{near}'?"));
        }
        var labelTimeAt = Array.IndexOf(names, labelTime ?? LabelTimeName);
        if (labelTimeAt < 0 && labelTime is not null && !optional)
            throw new InputException($"{path}: there is no column '{labelTime}'; --label-time must be one of "
                + string.Join(", ", names));
        if (labelTimeAt == labelAt) labelTimeAt = -1;
        bool IsTime(int i) =>
            i != labelAt && i != labelTimeAt
            && (_timeNames.Contains(names[i], StringComparer.OrdinalIgnoreCase) || (i == 0 && names[i].Length == 0));
        int[] features = [.. Enumerable.Range(0, names.Length).Where(i => i != labelAt && i != labelTimeAt && !IsTime(i))];
        if (Array.Find(features, i => names[i].Length == 0) is var nameless and > 0)
            throw new InputException($"{path}, line 1: column {nameless + 1} has no name; give it one, or remove it");
        if (features.Length == 0)
            throw new InputException($"{path}: there is no feature column{(label is null ? "" : $" beside the label '{label}'")}; "
                + "add at least one");
        return new FeatureFileColumns(separator, names, labelAt, Array.FindIndex([.. Enumerable.Range(0, names.Length)], IsTime),
            labelTimeAt, features);
    }
}
