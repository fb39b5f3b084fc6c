using System.Globalization;
using Granary.Simulation.Columns;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>A slower series among the bars of a source, as the text of a <see cref="BarSet"/> has it.</summary>
/// <param name="File">Address as <see cref="Address.Kept"/>.</param>
/// <param name="State">Length and time of the file, so a rewritten file makes a different data set; empty if it cannot be read.</param>
internal sealed record AsofSet(string File, IReadOnlyList<string> Columns, string As, TimeSpan? Delay, string? Symbol, string TimeZone,
    string State)
{
    public static AsofSet Of(AsofKeys keys) =>
        new(keys.File.Kept, keys.Columns, keys.As, keys.Delay, keys.Symbol, keys.TimeZone, StateOf(keys.File.Path!));

    /// <param name="place">Base folder of the address.</param>
    public AsofKeys Keys(Place place) => new()
    {
        File = place.Address(File),
        Columns = Columns,
        As = As,
        Delay = Delay,
        Symbol = Symbol,
        TimeZone = TimeZone,
    };

    private static string StateOf(string path)
    {
        try
        {
            var file = LinkedFile.Of(new FileInfo(path));
            return string.Create(CultureInfo.InvariantCulture, $"{file.Length}-{file.LastWriteTimeUtc.Ticks}");
        }
        catch (IOException)
        {
            // The feed reports a file that cannot be read.
            return "";
        }
    }
}
