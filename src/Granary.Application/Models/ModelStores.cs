using Granary.Application.Json;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Storage.Addresses;
using Granary.Storage.Migrations;
using Npgsql;

namespace Granary.Application.Models;

/// <summary>Opens what a batch calls its registry: a folder, or <c>postgres://user:password@host:port/database</c>.</summary>
public static class ModelStores
{
    /// <exception cref="InputException">A database that is not written as one, or does not answer.</exception>
    public static IModelStore Open(string registry)
    {
        if (!IsDatabase(registry)) return new FileModelStore(registry);
        try
        {
            return new PostgresModelStore(Connection(registry));
        }
        catch (NpgsqlException e)
        {
            throw new InputException($"the model registry {Shown(registry)} does not "
                + $"answer: {e.Message.TrimEnd('.')}; start the server, or name a folder", e);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the model registry {Shown(registry)}: {e.Message}", e);
        }
    }

    internal static bool IsDatabase(string registry) => Address.Has(registry, Address.Postgres);

    /// <summary>Without a password: what may stand in a message or in prod.json; a host that loads it has PGPASSWORD.</summary>
    public static string Shown(string registry) => IsDatabase(registry) ? Address.Parse(registry).Shown : registry;

    /// <summary>A registry that means the same whatever the working folder: a folder's full path, or a database as it is.</summary>
    public static string FullPath(string registry) => IsDatabase(registry) ? registry : Path.GetFullPath(registry);

    internal static string Connection(string registry)
    {
        try
        {
            var address = ServerAddress.Parse(registry, [.. PostgresConnection.Options]);
            if (address.Path.Length == 0)
                throw new InputException($"{Shown(registry)} names no database; write postgres://user:password@host:port/database");
            return PostgresConnection.Of(address).ConnectionString;
        }
        catch (BarDataException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}
