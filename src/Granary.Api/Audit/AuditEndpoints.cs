using System.Globalization;
using Granary.Api.Access;
using Granary.Api.Lists;
using Granary.Api.Routing;
using Granary.Contracts.Audit;
using Granary.Server.Audit;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Audit;

/// <summary>The audit log, for admins.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGroup("/audit").WithTags("Audit").ProducesProblem(401)
        .ProducesProblem(403).MapGet("", List).RequireAuthorization(RolePolicies.Admin).WithName("listAuditEntries")
        .WithSummary("Changes of the server's state, the newest first: author, operation, state before and after.")
        .WithDescription("Each entry has the hash of the one before; 'granary audit verify' checks the chain. In a cluster each silo has a "
            + "log of its own.")
        .Produces<AuditPage>().ProducesProblem(400);

    private static IResult List(AuditLog log, [AsParameters] Paging paging,
        [AllowedRange(1, Paging.Most)] int limit = Paging.Usual)
    {
        var before = paging.Cursor is not { } cursor ? long.MaxValue
            : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw ListCursor.Unknown(cursor);
        var page = log.Newest(before, limit);
        var next = page is [.., { Sequence: > 1 } last] && page.Count == limit
            ? last.Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return paging.Answer(new AuditPage(page, next), next);
    }
}
