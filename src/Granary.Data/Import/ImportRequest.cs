using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Import;

/// <summary>Request of <c>data import</c>.</summary>
/// <param name="Files">Taken one after the other into the same market; later ones win where they overlap.</param>
/// <param name="Store">A folder, postgres://… or questdb://….</param>
/// <param name="Options">
/// File format and parsing options. Adjusted closes are stored beside the raw prices, so <see cref="BarFileOptions.Adjust"/> has no effect
/// here.
/// </param>
internal sealed record ImportRequest(IReadOnlyList<string> Files, Address Store, string Symbol, Timeframe Timeframe, BarFileOptions Options)
{
    /// <summary>All further columns of numbers that a file has, in <see cref="Further"/>.</summary>
    public const string AllFurther = "all";

    /// <summary>Further columns that are stored with the bars; <see cref="AllFurther"/> alone stands for all of numbers.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];
}
