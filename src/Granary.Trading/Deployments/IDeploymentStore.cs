using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;
using Granary.Storage.Migrations;
using Npgsql;

namespace Granary.Trading.Deployments;

/// <summary>Where deployments are kept: numbered documents and numbered events, each written once and never changed.</summary>
public interface IDeploymentStore
{
    /// <summary>What messages call it; without a password.</summary>
    string Name { get; }

    /// <summary>The numbers in use, ascending.</summary>
    IReadOnlyList<int> Numbers();

    /// <summary>The document of a number; null where there is none.</summary>
    byte[]? Read(int number);

    /// <summary>Adds a deployment with the event of its addition: both, or none.</summary>
    /// <returns>False where the number or the sequence number is taken.</returns>
    bool TryAdd(int number, byte[] document, long sequence, byte[] entry);

    /// <summary>The events after a sequence number, in order.</summary>
    IReadOnlyList<(long Sequence, byte[] Document)> Events(long after);

    /// <returns>False where the sequence number is taken.</returns>
    bool TryAppend(long sequence, byte[] document);
}

/// <summary>Opens what <c>--store</c> and <c>--deployments</c> name: a folder, or postgres://….</summary>
public static class DeploymentStores
{
    /// <exception cref="InputException">A database that is not written as one, or does not answer.</exception>
    public static IDeploymentStore Open(Address store)
    {
        if (!store.IsDatabase) return new FileDeploymentStore(ModelStores.FolderOf(store));
        try
        {
            return new PostgresDeploymentStore(ModelStores.Connection(store), store.ToString());
        }
        catch (NpgsqlException e)
        {
            throw new InputException($"the deployments store {store} does not answer: {e.Message.TrimEnd('.')}; "
                + "start the server, or name a folder", e);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the deployments store {store}: {e.Message}", e);
        }
    }
}
