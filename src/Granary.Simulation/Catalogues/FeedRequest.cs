using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Catalogues;

/// <summary>Parameters for opening a live feed.</summary>
/// <param name="Feed">Address: store:DIR, csv:DIR, postgres://…, questdb://…, kafka://… or ws:….</param>
/// <param name="Markets">Distinct markets. <see cref="BarQuery.From"/> is the start of live bars; null = the start of the feed.</param>
/// <param name="Speed">Replay speed of stored bars; ignored by streams and exchanges.</param>
public sealed record FeedRequest(Address Feed, IReadOnlyList<BarQuery> Markets, ReplaySpeed Speed, TimeProvider Clock);
