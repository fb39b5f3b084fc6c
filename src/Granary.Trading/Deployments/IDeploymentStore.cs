using Granary.Engine;
using Granary.Postgres.Addresses;
using Granary.Postgres.Migrations;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;
using Npgsql;

namespace Granary.Trading.Deployments;

/// <summary>Storage of deployments: numbered documents and numbered events, each immutable.</summary>
internal interface IDeploymentStore
{
    /// <summary>The store's name in messages, without a password.</summary>
    string Name { get; }

    /// <summary>The numbers in use, ascending.</summary>
    IReadOnlyList<int> Numbers();

    /// <summary>Returns the document with this number; null if it does not exist.</summary>
    byte[]? Read(int number);

    /// <summary>Adds a deployment together with the event of its addition, atomically.</summary>
    /// <returns>False if the number or the sequence number is already used.</returns>
    bool TryAdd(int number, byte[] document, long sequence, byte[] entry);

    /// <summary>Returns the events after a sequence number, in order.</summary>
    IReadOnlyList<(long Sequence, byte[] Document)> Events(long after);

    /// <returns>False if the sequence number is already used.</returns>
    bool TryAppend(long sequence, byte[] document);

    /// <summary>Returns the records of parity of an account, oldest day first.</summary>
    /// <param name="account">The account; null for all.</param>
    IReadOnlyList<(string Account, DateOnly Day, byte[] Document)> Parity(string? account);

    /// <summary>Adds the record of an account's day, atomically.</summary>
    /// <returns>False if the day already has one.</returns>
    bool TryAddParity(string account, DateOnly day, byte[] document);
}

/// <summary>Opens the store that <c>--store</c> and <c>--deployments</c> name: a folder, or postgres://….</summary>
internal static class DeploymentStores
{
    /// <summary>Opens the deployments of a store as the command line reads them.</summary>
    /// <inheritdoc cref="Open"/>
    public static DeploymentBook OpenBook(Address store, TimeProvider clock) => new(Open(store), clock)
    {
        Base = store.Path is { } folder ? Path.GetDirectoryName(folder) : Environment.CurrentDirectory,
    };

    /// <exception cref="InputException">The database address is invalid, or the database does not respond.</exception>
    public static IDeploymentStore Open(Address store)
    {
        if (!store.IsDatabase) return new FileDeploymentStore(ModelStores.FolderOf(store), store.Files);
        try
        {
            return new PostgresDeploymentStore(PostgresConnection.TextOf(store), store.ToString());
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
