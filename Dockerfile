# Two images, built from source. Context: the repository's root. docs/containers.md has their options.
#   docker build --target silo -t granary-silo .          # a silo of a cluster
#   docker build --target granary -t granary .            # one server with the dashboard, and the command line
FROM --platform=$BUILDPLATFORM node:22-slim AS web
WORKDIR /source/src/Granary.Web
COPY src/Granary.Web/.npmrc src/Granary.Web/package.json src/Granary.Web/package-lock.json ./
RUN npm ci
COPY src/Granary.Web/ ./
COPY docs/openapi.json /source/docs/
RUN npm run build

# OpenMP, which LightGBM loads and the base of the images lacks: of the same release of the same system.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble AS native
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
 && mkdir /native && cp -L /usr/lib/*-linux-gnu/libgomp.so.1 /native/

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source

# What decides which packages are fetched comes first, so that a change of code does not fetch them again.
COPY .editorconfig global.json Directory.Build.props Directory.Packages.props ./
COPY src/Directory.Build.props src/icon.png src/
COPY src/Granary.Analyzers/Granary.Analyzers.csproj src/Granary.Analyzers/
COPY src/Granary.Analyzers/Granary.Analyzers.targets src/Granary.Analyzers/
COPY src/Granary.Engine/Granary.Engine.csproj src/Granary.Engine/
COPY src/Granary.Learning/Granary.Learning.csproj src/Granary.Learning/
COPY src/Granary.Learning.MLNet/Granary.Learning.MLNet.csproj src/Granary.Learning.MLNet/
COPY src/Granary.Learning.MLNet/Granary.Learning.MLNet.targets src/Granary.Learning.MLNet/
COPY src/Granary.Storage/Granary.Storage.csproj src/Granary.Storage/
COPY src/Granary.Data/Granary.Data.csproj src/Granary.Data/
COPY src/Granary.Reporting/Granary.Reporting.csproj src/Granary.Reporting/
COPY src/Granary.Contracts/Granary.Contracts.csproj src/Granary.Contracts/
COPY src/Granary.Reinforcement/Granary.Reinforcement.csproj src/Granary.Reinforcement/
COPY src/Granary.Simulation/Granary.Simulation.csproj src/Granary.Simulation/
COPY src/Granary.Modelling/Granary.Modelling.csproj src/Granary.Modelling/
COPY src/Granary.Backtesting/Granary.Backtesting.csproj src/Granary.Backtesting/
COPY src/Granary.Postgres/Granary.Postgres.csproj src/Granary.Postgres/
COPY src/Granary.Trading/Granary.Trading.csproj src/Granary.Trading/
COPY src/Granary.Server/Granary.Server.csproj src/Granary.Server/
COPY src/Granary.Notifications/Granary.Notifications.csproj src/Granary.Notifications/
COPY src/Granary.Assistants/Granary.Assistants.csproj src/Granary.Assistants/
COPY src/Granary.Api/Granary.Api.csproj src/Granary.Api/
COPY src/Granary.Api/Granary.Site.targets src/Granary.Api/
COPY src/Granary.Web/Granary.Web.targets src/Granary.Web/
COPY src/Granary.Exchanges/Granary.Exchanges.csproj src/Granary.Exchanges/
COPY src/Granary.Kafka/Granary.Kafka.csproj src/Granary.Kafka/
COPY src/Granary.Parquet/Granary.Parquet.csproj src/Granary.Parquet/
COPY src/Granary.QuestDb/Granary.QuestDb.csproj src/Granary.QuestDb/
COPY src/Granary.Scripting/Granary.Scripting.csproj src/Granary.Scripting/
COPY src/Granary.Cluster.Contracts/Granary.Cluster.Contracts.csproj src/Granary.Cluster.Contracts/
COPY src/Granary.Cluster.Grains/Granary.Cluster.Grains.csproj src/Granary.Cluster.Grains/
COPY src/Granary.Cluster.Kafka/Granary.Cluster.Kafka.csproj src/Granary.Cluster.Kafka/
COPY src/Granary.Silo/Granary.Silo.csproj src/Granary.Silo/
COPY src/Granary.Client/Granary.Client.csproj src/Granary.Client/
COPY src/Granary.Cluster.Client/Granary.Cluster.Client.csproj src/Granary.Cluster.Client/
COPY src/Granary.Testing/Granary.Testing.csproj src/Granary.Testing/
COPY src/Granary.Testing/Granary.Testing.targets src/Granary.Testing/
COPY src/Granary.Cli/Granary.Cli.csproj src/Granary.Cli/
# The processor that the image is for; a builder that does not set it makes the image for its own.
ARG TARGETARCH
# Compiled ahead of time, a program starts fast; the restore fetches the compiler.
ARG READY_TO_RUN=true
RUN for project in Silo Cli; do \
      dotnet restore src/Granary.$project -a ${TARGETARCH:-$(dpkg --print-architecture)} -p:PublishReadyToRun=$READY_TO_RUN || exit; \
    done

COPY src/ src/
COPY infra/sql/ infra/sql/
COPY --from=web /source/src/Granary.Web/dist src/Granary.Web/dist
# The schema of batch files and the pages of errors that the API serves.
COPY docs/ docs/
# The documentation site, if infra/site.sh made it before: the context has not all that its pages are made of.
COPY site/ site/
# The bars and batches that the command line copies, and the templates of granary new.
COPY samples/ samples/
# The commit, which the context does not have: docker build --build-arg REVISION=$(git rev-parse HEAD) .
ARG REVISION=
RUN for project in Silo Cli; do \
      dotnet build src/Granary.$project -c Release --no-restore -a ${TARGETARCH:-$(dpkg --print-architecture)} \
        -p:PublishReadyToRun=$READY_TO_RUN -p:RunAnalyzers=false -p:SourceRevisionId=$REVISION || exit; \
    done
RUN dotnet publish src/Granary.Silo -c Release -o /app/silo --no-build -a ${TARGETARCH:-$(dpkg --print-architecture)} \
    -p:PublishReadyToRun=$READY_TO_RUN
RUN dotnet publish src/Granary.Cli -c Release -o /app/granary --no-build -a ${TARGETARCH:-$(dpkg --print-architecture)} \
    -p:PublishReadyToRun=$READY_TO_RUN
RUN mkdir -p /runs /data /keys

# Has neither a shell nor a package manager. The variant -extra has the time zones, which schedules need.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS base
COPY --from=native /native/ /usr/lib/
# the image's own user without rights; it owns nothing but the folders that it writes to
ARG APP_UID=1654
COPY --from=build --chown=${APP_UID}:${APP_UID} /runs /runs
WORKDIR /app
USER ${APP_UID}
ARG VERSION=0.1.0
ARG REVISION=
ARG CREATED=
ARG SOURCE=
LABEL org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.source=$SOURCE \
      org.opencontainers.image.licenses=MIT \
      org.opencontainers.image.vendor="Granary contributors" \
      org.opencontainers.image.base.name=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
# The base image sets a port of its own, which would be a second opinion beside the programs' addresses.
ENV ASPNETCORE_HTTP_PORTS= \
    GRANARY_URLS=http://0.0.0.0:8080
VOLUME /runs
STOPSIGNAL SIGTERM

FROM base AS granary
LABEL org.opencontainers.image.title=granary \
      org.opencontainers.image.description="Granary's server with its dashboard, and its command line"
COPY --from=build /app/granary /app
# Stores, uploads, models and deployments; and the file of API keys.
COPY --from=build --chown=${APP_UID}:${APP_UID} /data /data
COPY --from=build --chown=${APP_UID}:${APP_UID} /keys /keys
# The count of trials is kept with the runs: the user's own folder is read-only.
ENV GRANARY_TRIALS=/runs/trials
EXPOSE 8080
VOLUME /data /keys
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "granary.dll", "health"]
ENTRYPOINT ["dotnet", "granary.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:8080", "--runs", "/runs", "--data", "/data", "--keys", "/keys/keys.json"]

FROM base AS silo
LABEL org.opencontainers.image.title=granary-silo \
      org.opencontainers.image.description="A silo of a Granary cluster"
COPY --from=build /app/silo /app
COPY --from=build /data /data
# The runtime profiles methods from their first call on, which only the environment can set: the first batch of a new silo took 14.4 s of
# processor time instead of 16.6 s (mean of three).
ENV DOTNET_TieredPGO_InstrumentOnlyHotCode=0 \
    GRANARY_RUNS=/runs \
    GRANARY_DATA=/data
# HTTP API, other silos, clients within the cluster's network
EXPOSE 8080 11111 30000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "granary-silo.dll", "health"]
ENTRYPOINT ["dotnet", "granary-silo.dll"]
