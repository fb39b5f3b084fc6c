using Granary.Api.Models;
using Granary.Api.Uploads;
using Granary.Server.Schedules;
using Granary.Trading.Deployments;

namespace Granary.Api.Audit;

/// <summary>What callers change and the server keeps in files or a store, for the audit log.</summary>
internal sealed record AuditedFiles(DeploymentBook Deployments, ServerModels Models, UploadStore Uploads, ScheduleBook Schedules);
