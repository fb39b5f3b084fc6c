using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Migrations;
using Npgsql;

namespace Granary.Simulation.Models;

/// <summary>Opens a model registry: a folder, or <c>postgres://user:password@host:port/database</c>.</summary>
public static class ModelStores
{
    /// <exception cref="InputException">The address is neither, or the database does not answer.</exception>
    public static IModelStore Open(Address registry)
    {
        if (!registry.IsDatabase) return new FileModelStore(FolderOf(registry), registry.Files);
        try
        {
            return new PostgresModelStore(Connection(registry));
        }
        catch (NpgsqlException e)
        {
            throw new InputException($"the model registry {registry} does not "
                + $"answer: {e.Message.TrimEnd('.')}; start the server, or name a folder", e);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the model registry {registry}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Returns the registry as text for prod.json, model files and grain keys: a path (<see cref="Address.Kept"/>), or a database address
    /// without its password. A host that opens it needs PGPASSWORD.
    /// </summary>
    public static string Kept(Address registry) => registry.IsDatabase ? registry.ToString() : registry.Kept;

    /// <summary>Returns the default registry of a place.</summary>
    internal static Address Standard(Place place) => place.Address("models");

    /// <summary>Returns the folder of a registry or store.</summary>
    /// <exception cref="InputException">It is not a folder.</exception>
    public static string FolderOf(Address store) => store is { Scheme: Address.Plain, Path: { } folder } ? folder
        : throw new InputException($"'{store}' is neither a folder nor a database; write DIR, ./DIR where its name has a colon, or postgres://…");

    public static string Connection(Address registry)
    {
        try
        {
            var address = ServerAddress.Of(registry, [.. PostgresConnection.Options]);
            if (address.Path.Length == 0)
                throw new InputException($"{registry} names no database; write postgres://user:password@host:port/database");
            return PostgresConnection.Of(address).ConnectionString;
        }
        catch (BarDataException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
