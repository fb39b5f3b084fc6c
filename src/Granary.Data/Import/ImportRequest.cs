using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Import;

/// <summary>What <c>data import</c> is asked for.</summary>
/// <param name="Files">Taken one after the other into the same market; later ones win where they overlap.</param>
/// <param name="Store">A folder, postgres://… or questdb://….</param>
/// <param name="Options">
/// How the files are to be read. Adjusted closes are stored beside the raw prices, so <see cref="BarFileOptions.Adjust"/> does not matter
/// here.
/// </param>
public sealed record ImportRequest(IReadOnlyList<string> Files, Address Store, string Symbol, Timeframe Timeframe, BarFileOptions Options);
