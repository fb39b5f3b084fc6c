using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Granary.Api.Description;

/// <summary>Writes the general part of the OpenAPI document: title, servers, security and the texts of tags.</summary>
internal static class DocumentHead
{
    private static readonly FrozenDictionary<string, string> s_tags = new Dictionary<string, string>
    {
        ["Health"] = "Probes. They need no key.",
        ["Jobs"] = "Long-running work of any kind: submit, follow, cancel, download.",
        ["Access"] = "Name and role of the caller; sign-in and sign-out of a browser.",
        ["Batches"] = "Batch files: jobs of the kind backtest.",
        ["Portfolios"] = "Weights of portfolios, with versions.",
        ["Deployments"] = "Production configurations by number.",
        ["Accounts"] = "Orders, positions, trades, signals and strategies of live accounts.",
        ["Events"] = "Changes of all collections as a stream.",
        ["Uploads"] = "Files of bars that callers upload.",
        ["Audit"] = "The log of all changes.",
        ["Catalogue"] = "The server's catalogues: strategy classes, factors, trainers, brokers, kinds of jobs, and the schema of batch files.",
        ["Code"] = "Strategies in one C# file, for editors. The key needs the right code beside its role.",
        ["Models"] = "The registry of models, and predictions.",
        ["Notifications"] = "Rules, channels and deliveries of notifications.",
        ["Data"] = "Stores of bars: markets, coverage, quality, differences.",
        ["Runs"] = "Finished runs: figures, strategies, signals, curves, files.",
        ["Shares"] = "Links that open one run without a key.",
        ["Schedules"] = "Jobs at the times of cron expressions.",
        ["Sessions"] = "Live sessions: start, follow, command.",
        ["Cluster"] = "Silos of a cluster: their status; drain, resume, retire.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Write(JsonObject document)
    {
        document["info"] = new JsonObject
        {
            ["title"] = "Granary",
            ["version"] = ApiDescription.Name,
            ["description"] = "Submit batches of strategies, follow them, fetch their files, trade with them, and change the weights of "
                + "portfolios. Times are UTC. Errors are problem+json; their types lead to pages under /errors.",
            ["contact"] = new JsonObject { ["name"] = "The operator of the server" },
            ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
        };
        document["servers"] = new JsonArray(new JsonObject
        {
            ["url"] = "/",
            ["description"] = "The server that returned this document, in production or local.",
            ["x-internal"] = false,
        });
        var components = DocumentJson.Components(document, "securitySchemes");
        components["Bearer"] = new JsonObject
        {
            ["type"] = "http",
            ["scheme"] = "bearer",
            ["description"] = "A key made by 'granary keys add', with the role viewer, submitter or admin; or, on a server with "
                + "--oidc-audience, an access token of its issuer.",
        };
        components["Session"] = new JsonObject
        {
            ["type"] = "apiKey",
            ["in"] = "cookie",
            ["name"] = "__Host-granary-session",
            ["description"] = "The session of a person who signed in at /sign-in, on a server with --oidc-client-id. Changes need the "
                + "header Granary-Api too.",
        };
        document["security"] = new JsonArray(new JsonObject { ["Bearer"] = new JsonArray() },
            new JsonObject { ["Session"] = new JsonArray() });
        foreach (var tag in document["tags"]!.AsArray()) tag!["description"] = s_tags[(string)tag["name"]!];
        foreach (var (_, _, operation) in DocumentJson.Operations(document))
        {
            var role = (string)operation[OperationRoles.Key]!;
            var needs = role == OperationRoles.None ? "Needs no key." : $"Needs the role {role}.";
            operation["description"] = operation["description"] is { } text ? $"{text} {needs}" : needs;
            if (role == OperationRoles.None) operation["security"] = new JsonArray();
        }
    }
}
