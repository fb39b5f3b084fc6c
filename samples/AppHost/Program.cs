using Granary.Hosting.Aspire;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);
var settings = builder.Configuration.GetSection("Granary");

// Database: "container" starts PostgreSQL with Docker or Podman; "connection" takes the connection string "database" of a running server.
IResourceBuilder<IResourceWithConnectionString> database = settings["Database"] switch
{
    "container" => builder.AddPostgres("postgres").AddDatabase("database"),
    "connection" => builder.AddConnectionString("database"),
    var other => throw new DistributedApplicationException($"Granary:Database is '{other}'; use container or connection"),
};

builder.AddGranary("granary", settings["Silo"]!, settings.GetValue<int?>("Port"))
    .WithPostgres(database)
    .WithSilos(settings.GetValue("Silos", 2))
    .WithData(settings["Data"]!)
    .WithRuns(settings["Runs"]!)
    .WithOrleansDashboard();

builder.Build().Run();
