using Granary.Api.Models;
using Granary.Api.Uploads;
using Granary.Server.Schedules;
using Granary.Trading.Deployments;

namespace Granary.Api.Audit;

/// <summary>Stores, in files or a database, whose changes by callers are written to the audit log.</summary>
internal sealed record AuditedFiles(DeploymentBook Deployments, ServerModels Models, UploadStore Uploads, ScheduleBook Schedules);
