using System.Data.Common;
using System.Runtime.Loader;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Postgres.Migrations;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Grains;

/// <summary>
/// Lets only faults leave a grain that every silo can read: Granary's own, .NET's and Orleans's, without the exceptions of libraries
/// and plug-ins that caused them. A caller on the grain's silo and one on another therefore get the same fault.
/// </summary>
internal sealed class GrainFaults : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (!Crosses(e))
        {
            throw Of(e);
        }
    }

    /// <summary>Returns the fault that a caller gets: the exception itself, or its record without foreign causes.</summary>
    public static Exception Of(Exception e) => Crosses(e) ? e : e switch
    {
        DamagedModelException => new DamagedModelException(e.Message),
        UnknownModelException => new UnknownModelException(e.Message),
        OtherRunException => new OtherRunException(e.Message),
        InputException => new InputException(e.Message),
        JournalException journal => new JournalException(e.Message) { MayPass = journal.MayPass },
        BarDataException => new BarDataException(e.Message),
        BarStoreException => new BarStoreException(e.Message),
        ServiceUnavailableException => new ServiceUnavailableException(e.Message),
        BrokerUnavailableException => new BrokerUnavailableException(e.Message),
        MigrationException => new MigrationException(e.Message),
        DiskException => new DiskException(e.Message, new IOException(e.InnerException!.Message)),
        // Orleans deactivates the grain of an outdated state by this type.
        InconsistentStateException state => new InconsistentStateException(e.Message, state.StoredEtag, state.CurrentEtag),
        OrleansException => new OrleansException(e.Message),
        DbException database => new ServiceUnavailableException(ServiceUnavailableException.Of(database).Message),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        _ => new GrainFaultException($"{e.GetType().Name}: {e.Message}"),
    };

    /// <summary>Whether every silo can read an exception with all its causes.</summary>
    public static bool Crosses(Exception e) => IsKnown(e.GetType())
        && (e is AggregateException all ? all.InnerExceptions.All(Crosses) : e.InnerException is not { } cause || Crosses(cause));

    // Plug-ins, and ML.NET with its adapter, are loaded apart: another silo, or the client, may not have loaded them.
    private static bool IsKnown(Type type) => AssemblyLoadContext.GetLoadContext(type.Assembly) == AssemblyLoadContext.Default
        && type.Assembly.GetName().Name is { } name
        && (name.StartsWith("Granary.", StringComparison.Ordinal) || name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Orleans.", StringComparison.Ordinal));
}
