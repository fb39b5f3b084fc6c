using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Postgres.Bars;

/// <summary>Opens bars in PostgreSQL.</summary>
[BarSource(Address.Postgres, Form = "postgres://…")]
internal sealed class PostgresSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) =>
        new PostgresBarSource(PostgresAddress.Of(request.Address), request.Options.Adjust);
}
