using System.Data.Common;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.Weights;

namespace Granary.Server.Budgets;

/// <summary>The exceptions whose message is a sentence for the caller; any other is a fault of the server.</summary>
internal static class CallerFaults
{
    public static bool IsSentence(Exception fault) => fault is InputException or BarDataException or BarStoreException
        or NotAllowedException or OutsideLimitsException or TooManyJobsException or IdempotencyConflictException
        or StaleWeightsException or DamagedModelException
        or JournalException or LeaseException or ServiceUnavailableException or DbException;

    /// <summary>The sentence of a fault of <see cref="IsSentence"/>.</summary>
    public static string SentenceOf(Exception fault) =>
        fault is DbException database ? ServiceUnavailableException.Of(database).Message : fault.Message;
}
