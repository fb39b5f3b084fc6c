using Granary.Data.Postgres;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens bars in PostgreSQL.</summary>
[BarSource(Address.Postgres, Form = "postgres://…")]
public sealed class PostgresSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) =>
        new PostgresBarSource(PostgresAddress.Of(request.Address), request.Options.Adjust);
}
