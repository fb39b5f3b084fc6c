using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>The catalogue of formats.</summary>
public static class BarFormats
{
    /// <summary>All formats, those that are told most surely first: the order in which "auto" tries them.</summary>
    public static IReadOnlyList<BarFormat> All { get; } =
        [new LeanFormat(), new JsonKlinesFormat(), new BinanceFormat(), new BacktraderFormat(), new YahooFormat(), new QuestDbFormat(), new GenericFormat()];

    /// <exception cref="BarDataException">There is no such format.</exception>
    public static BarFormat? Find(string name)
    {
        if (name == "auto") return null;
        foreach (var format in All)
            if (format.Name == name)
                return format;
        var names = All.Select(f => f.Name).Append("auto").ToList();
        var nearest = Spelling.Nearest(name, names);
        throw new BarDataException($"format: '{name}' is no file format; {(nearest is null ? "use one of " + string.Join(", ", names) : $"did you mean {nearest}?")}");
    }

    /// <exception cref="BarDataException">The file is of no known format.</exception>
    internal static BarFileLayout Layout(TextFile file, BarFileOptions options)
    {
        var sample = FileSample.Of(file);
        if (options.Columns is not null) return new GenericFormat().CreateLayout(sample, options);
        if (Find(options.Format) is { } named) return named.CreateLayout(sample, options);
        foreach (var format in All)
            if (format.Recognises(sample))
                return format.CreateLayout(sample, options);
        // The generic format words what is missing.
        return new GenericFormat().CreateLayout(sample, options);
    }
}
