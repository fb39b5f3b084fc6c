using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Catalogues;

/// <summary>What is asked of a live feed.</summary>
/// <param name="Feed">As store:DIR, csv:DIR, postgres://…, questdb://…, kafka://…, ws:….</param>
/// <param name="Markets">Each once; <see cref="BarQuery.From"/> is where live begins, null for the start of what the feed has.</param>
/// <param name="Speed">Replay speed of stored bars; streams and exchanges have their own.</param>
public sealed record FeedRequest(Address Feed, IReadOnlyList<BarQuery> Markets, ReplaySpeed Speed, TimeProvider Clock);
